import type { Database, Knex } from '../../database/database.ts';
import { idList } from '../../database/sql-text.ts';
import type { Claimed } from '../model/delivery.ts';
import { isSameLease, noLease } from './lease-token.ts';

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
  /** Wait for the present retry, if it is a long one; else 0. */
  wait_us: number;
}

export interface LockedLeases {
  /** The flag `held` by delivery id, of the locked rows. */
  held: ReadonlyMap<string, number>;
  /** Ids of rows under the same leases that another transaction has locked. */
  locked: ReadonlySet<string>;
}

export interface DueEndpoint {
  endpointKey: number;
  dueAt: number;
}

/** The range in which leases in force end, in microseconds. A lease that ends outside of it has lapsed. */
export interface LeaseWindow {
  /** A lease that ends then or earlier has lapsed. */
  from: number;
  /** A lease that ends later than this was written by a clock that was wrong. */
  to: number;
  /** False once the clock has moved: leases that were written since are measured by another clock. */
  isCurrent?: () => boolean;
}

const toDue = (row: { endpoint_key: number; due_at: number }): DueEndpoint => ({
  endpointKey: row.endpoint_key,
  dueAt: row.due_at,
});

type Dialect = Pick<Database, 'skipLocked' | 'byKey' | 'rows' | 'deleteByIds' | 'changes'>;

/** The queue: rows of unsettled deliveries. `Database` supplies the SQL that differs between the engines. */
export function createQueueRepository(db: Knex, database: Dialect) {
  const { skipLocked, byKey, rows: rowsOf, deleteByIds, changes } = database;
  const withIds = (ids: readonly string[]) => db<QueueRow>(queueTable).whereRaw(`delivery_id in (${idList(ids)})`);

  /** Locks rows that are still under these leases. Waits for no lock: one locked row must not hold up the others. */
  async function lockLeases(claimed: readonly Claimed[], from: string): Promise<LockedLeases> {
    if (claimed.length === 0) return { held: new Map(), locked: new Set() };
    const tokens = new Map(claimed.map(({ id, leaseToken }) => [id, leaseToken]));
    const sql = `select q.delivery_id, q.lease_token, q.held from ${from} where q.delivery_id in (${idList([...tokens.keys()])})`;
    const mine = (rows: readonly QueueRow[]): QueueRow[] =>
      rows.filter((row) => isSameLease(row.lease_token, tokens.get(row.delivery_id)));
    const found = mine(rowsOf<QueueRow>(await db.raw(`${sql}${skipLocked}`)));
    const held = new Map(found.map((row) => [row.delivery_id, row.held]));
    if (held.size === tokens.size) return { held, locked: new Set() };
    const all = mine(rowsOf<QueueRow>(await db.raw(sql)));
    return { held, locked: new Set(all.map((row) => row.delivery_id).filter((id) => !held.has(id))) };
  }

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

    lease: async (ids: readonly string[], token: number, until: number): Promise<void> =>
      void (await withIds(ids).update({ lease_token: token, lease_until: until })),

    /** Locks the rows that are still under these leases, with their deliveries: the fence before every later write. */
    lockLeased: (claimed: readonly Claimed[]): Promise<LockedLeases> =>
      lockLeases(claimed, `${queueTable} q${byKey} join ${deliveryTable} d on d.id = q.delivery_id`),

    /** Deletes rows that are still under these leases, and returns their number. */
    async removeLeased(claimed: readonly Claimed[]): Promise<number> {
      let removed = 0;
      for (const [token, rows] of Map.groupBy(claimed, ({ leaseToken }) => leaseToken)) {
        const ids = rows.map(({ id }) => id);
        removed += changes(await db.raw(deleteByIds(queueTable, 'delivery_id', ids, 'x.lease_token = ?'), [token]));
      }
      return removed;
    },

    async remove(ids: readonly string[]): Promise<void> {
      if (ids.length > 0) await db.raw(deleteByIds(queueTable, 'delivery_id', ids));
    },

    /**
     * Gives leases back unused; rows of an endpoint disabled meanwhile become held. `dueAt`: a new due time. Resolves to the
     * leases on rows that another transaction has locked.
     */
    async returnLeases(claimed: readonly Claimed[], dueAt?: number): Promise<Claimed[]> {
      const { held, locked } = await lockLeases(claimed, `${queueTable} q${byKey}`);
      if (held.size > 0)
        await withIds([...held.keys()]).update({
          due_at: db.raw('case when held = 1 then ? else coalesce(?, due_at) end', [never, dueAt ?? null]),
          lease_token: noLease,
          lease_until: 0,
          ...(dueAt === undefined ? {} : { wait_us: 0 }),
        });
      return claimed.filter(({ id }) => locked.has(id));
    },

    /** Ends the leases of an earlier process, for the embedded database, which has one process at a time. */
    async endAllLeases(): Promise<void> {
      await db<QueueRow>(queueTable).where('lease_until', '>', 0).update({ lease_until: 0 });
    },
  };
}

export type QueueRepository = ReturnType<typeof createQueueRepository>;
