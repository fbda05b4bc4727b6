import type { Database, Knex } from '../../database/database.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { noLease } from './lease-token.ts';

export const queueTable = 'dispatcher_queue';
export const deliveryTable = 'dispatcher_deliveries';

/** The due time of what is held: later than any other. */
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
  /** Null when somebody has removed the delivery alone. */
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

/** The rows that still have to be sent. What differs between the engines comes from `Database`. */
export function createQueueRepository(db: Knex, database: Dialect) {
  const { skipLocked, rows: rowsOf, deleteByKey, changes } = database;
  const withIds = (ids: readonly string[]) => db<QueueRow>(queueTable).whereRaw(`delivery_id in (${idList(ids)})`);

  return {
    /**
     * Endpoints of rows that fell due in this span, of the first `limit` rows: a range of the index over the due time. The
     * server would make two tables to find those that come again, which takes longer than to send and read all of them.
     */
    async dueBetween(from: number, to: number, limit: number): Promise<number[]> {
      const sql = `select endpoint_key from ${queueTable} where due_at > ? and due_at <= ? order by due_at limit ?`;
      const found = rowsOf<{ endpoint_key: number }>(await db.raw(sql, [from, to, limit]));
      return [...new Set(found.map((row) => row.endpoint_key))];
    },

    /** The next endpoints in the order of their keys, with what each has due first: the servers skip from one to the next. */
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
     * Locks and gives the first due rows of each wanted endpoint, with what is to be sent; rows that others hold are passed over.
     * Only the queue's rows are locked.
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
     * Locks rows and says who holds them now: the fence before every later write. By an UPDATE that changes nothing, which
     * passes over rows that others have not committed yet; SELECT … FOR UPDATE reads all of a small table and waits for them.
     */
    async holders(ids: readonly string[]): Promise<Map<string, Pick<QueueRow, 'lease_token' | 'held'>>> {
      if (ids.length === 0) return new Map();
      await withIds(ids).update({ held: db.raw('held') });
      const rows = await withIds(ids).select('delivery_id', 'lease_token', 'held');
      return new Map(rows.map((row) => [row.delivery_id, row]));
    },

    /** Removes rows that are under these very leases, and says how many there were: a fence and a removal in one statement. */
    async removeLeased(claimed: readonly Claimed[]): Promise<number> {
      // Without a row there would be no condition either.
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

    /** Gives leases back unused; what was disabled meanwhile is held. `dueAt`: not to be looked at again before. */
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

    /** For the embedded database's only process: what it held before it ended is its own again. */
    async endAllLeases(): Promise<void> {
      await db<QueueRow>(queueTable).where('lease_until', '>', 0).update({ lease_until: 0 });
    },
  };
}

export type QueueRepository = ReturnType<typeof createQueueRepository>;
