import type { Database, Knex } from '../../database/database.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { noLease } from './lease-token.ts';

export const queueTable = 'dispatcher_queue';
export const deliveryTable = 'dispatcher_deliveries';

/** Due time of held rows, later than any other. */
export const never = Number.MAX_SAFE_INTEGER;

export interface QueueRow {
  delivery_id: string;
  endpoint_key: number;
  endpoint_kind: string;
  endpoint_id: string;
  due_at: number;
  held: number;
  lease_token: number;
  lease_until: number;
  attempt_count: number;
  retries: number;
  unknowns: number;
  last_status: number;
}

export interface DueRow extends QueueRow {
  /** Null when the delivery has been deleted without its queue row. */
  payload: string | null;
}

export interface DueEndpoint {
  endpointKey: number;
  dueAt: number;
}

export interface Want {
  endpointKey: number;
  take: number;
}

const toDue = (row: { endpoint_key: number; due_at: number }): DueEndpoint => ({
  endpointKey: row.endpoint_key,
  dueAt: row.due_at,
});

type Dialect = Pick<Database, 'skipLocked' | 'rows' | 'deleteByKey' | 'changes'>;

/** The queue: rows of unsettled deliveries. `Database` supplies the SQL that differs between the engines. */
export function createQueueRepository(db: Knex, database: Dialect) {
  const { skipLocked, rows: rowsOf, deleteByKey, changes } = database;
  const withIds = (ids: readonly string[]) => db<QueueRow>(queueTable).whereRaw(`delivery_id in (${idList(ids)})`);

  return {
    /**
     * Endpoints of the first `limit` rows that fell due after `from`, up to `to`: a range of the index over the due
     * time. Without DISTINCT: the server would build two temporary tables, which takes longer than transferring all
     * rows.
     */
    async dueBetween(from: number, to: number, limit: number): Promise<number[]> {
      const sql = `select endpoint_key from ${queueTable} where due_at > ? and due_at <= ? order by due_at limit ?`;
      const found = rowsOf<{ endpoint_key: number }>(await db.raw(sql, [from, to, limit]));
      return [...new Set(found.map((row) => row.endpoint_key))];
    },

    /**
     * The next endpoints in the order of their keys, each with its earliest due time: servers skip from key to key.
     */
    async endpointsAfter(endpointKey: number, limit: number): Promise<DueEndpoint[]> {
      const rows = (await db(queueTable)
        .select('endpoint_key')
        .min({ due_at: 'due_at' })
        .where('endpoint_key', '>', endpointKey)
        .groupBy('endpoint_key')
        .orderBy('endpoint_key')
        .limit(limit)) as { endpoint_key: number; due_at: number }[];
      return rows.map(toDue);
    },

    /**
     * Locks and returns the first due rows of each wanted endpoint with their payloads, skipping leased and locked
     * rows. Only rows of the queue are locked.
     */
    async lockDue(wants: readonly Want[], now: number): Promise<DueRow[]> {
      const due = wants.map(
        ({ endpointKey, take }) =>
          `select * from (select * from ${queueTable} where endpoint_key = ${endpointKey} and due_at <= ${now} and lease_until <= ${now} order by due_at limit ${take}${skipLocked}) one`,
      );
      const sql = `select due.*, d.payload from (${due.join(' union all ')}) due left join ${deliveryTable} d on d.id = due.delivery_id`;
      return rowsOf(await db.raw(sql));
    },

    async lease(ids: readonly string[], token: number, until: number): Promise<void> {
      await withIds(ids).update({ lease_token: token, lease_until: until });
    },

    /**
     * Locks rows and resolves to their current leases: the fence before every later write. The lock is an UPDATE that
     * changes nothing: it skips uncommitted rows of other transactions, whereas SELECT … FOR UPDATE reads all of a
     * small table and waits for them.
     */
    async holders(ids: readonly string[]): Promise<Map<string, Pick<QueueRow, 'lease_token' | 'held'>>> {
      if (ids.length === 0) return new Map();
      await withIds(ids).update({ held: db.raw('held') });
      const rows = await withIds(ids).select('delivery_id', 'lease_token', 'held');
      return new Map(rows.map((row) => [row.delivery_id, row]));
    },

    /**
     * Deletes the rows that are still under these leases and resolves to their number: fence and delete
     * in one statement.
     */
    async removeLeased(claimed: readonly Claimed[]): Promise<number> {
      // Without rows the condition would be empty.
      if (claimed.length === 0) return 0;
      const byToken = [...Map.groupBy(claimed, ({ leaseToken }) => leaseToken)];
      const leases = byToken.map(
        ([, rows]) => `(delivery_id in (${idList(rows.map(({ id }) => id))}) and lease_token = ?)`,
      );
      const tokens = byToken.map(([token]) => token);
      return changes(await db.raw(`${deleteByKey(queueTable)} where ${leases.join(' or ')}`, tokens));
    },

    async remove(ids: readonly string[]): Promise<void> {
      if (ids.length > 0) await db.raw(`${deleteByKey(queueTable)} where delivery_id in (${idList(ids)})`);
    },

    /** Gives leases back unused; rows of an endpoint disabled meanwhile become held. `dueAt`: a new due time. */
    async returnLeases(claimed: readonly Claimed[], dueAt?: number): Promise<void> {
      if (claimed.length === 0) return;
      const tokens = [...new Set(claimed.map(({ leaseToken }) => leaseToken))];
      await withIds(claimed.map(({ id }) => id))
        .whereIn('lease_token', tokens)
        .update({
          due_at: db.raw('case when held = 1 then ? else coalesce(?, due_at) end', [never, dueAt ?? null]),
          lease_token: noLease,
          lease_until: 0,
        });
    },

    /** Ends the leases of an earlier process, for the embedded database, which has one process at a time. */
    async endAllLeases(): Promise<void> {
      await db<QueueRow>(queueTable).where('lease_until', '>', 0).update({ lease_until: 0 });
    },
  };
}

export type QueueRepository = ReturnType<typeof createQueueRepository>;
