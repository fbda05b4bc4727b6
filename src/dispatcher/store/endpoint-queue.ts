import type { Database, Knex } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { storedStatus } from '../model/delivery.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { bucketMicros, tallyCancelled } from '../model/tally.ts';
import { organizationOfFailing } from './failing-endpoints.ts';
import { noLease } from './lease-token.ts';
import { appendToOrder, createOrderRepository } from './order-repository.ts';
import { deliveryTable, never, type QueueRow, queueTable } from './queue-repository.ts';
import { noteTallies } from './tally-journal.ts';

const idsAtOnce = 500;

export interface HeldEndpoint extends EndpointRef {
  /** As stored with its rows. */
  endpointKey: number;
}

/** Queued rows of one endpoint: held, released and cancelled together. Times are microseconds. */
export function createEndpointQueue(db: Knex, database: Database) {
  const order = createOrderRepository(db, database);
  const rowsOf = (endpoint: EndpointRef) =>
    db<QueueRow>(queueTable).where({
      endpoint_key: endpointKey(endpoint),
      endpoint_kind: endpoint.kind,
      endpoint_id: endpoint.id,
    });

  return {
    /**
     * The next endpoints with held rows, in the order of their keys. One index seek for each, because one endpoint may
     * have a million rows. Servers seek by the single comparisons, SQLite by the pair.
     */
    async heldAfter(key: number, limit: number): Promise<HeldEndpoint[]> {
      const sql = `select endpoint_key as endpointKey, endpoint_kind as kind, endpoint_id as id from ${queueTable} where (due_at, endpoint_key) > (?, ?) and due_at >= ? and endpoint_key > ? order by due_at, endpoint_key limit 1`;
      const found: HeldEndpoint[] = [];
      for (let after = key; found.length < limit; ) {
        const [next] = database.rows<HeldEndpoint>(await db.raw(sql, [never, after, never, after]));
        if (!next) break;
        found.push(next);
        after = next.endpointKey;
      }
      return found;
    },

    /** Holds waiting rows at once, and rows in flight when their leases are given back or their retries are stored. */
    async hold(endpoint: EndpointRef): Promise<void> {
      await rowsOf(endpoint).update({
        due_at: db.raw('case when lease_token = ? then ? else due_at end', [noLease, never]),
        held: 1,
      });
    },

    /** Makes held rows due at `now`. */
    async release(endpoint: EndpointRef, now: number): Promise<void> {
      await rowsOf(endpoint)
        .where({ held: 1 })
        .update({
          // First: servers assign in this order, and the comparison is with the old due time.
          wait_us: db.raw('case when due_at = ? then 0 else wait_us end', [never]),
          due_at: db.raw('case when due_at = ? then ? else due_at end', [never, now]),
          held: 0,
        });
    },

    /** Whether an endpoint has deliveries that are not settled. */
    async hasRows(endpoint: EndpointRef): Promise<boolean> {
      return (await rowsOf(endpoint).select('delivery_id').first()) !== undefined;
    },

    /**
     * Settles the waiting rows of a deleted endpoint as cancelled and resolves to their number. Rows in flight are not
     * interrupted; a retry of one finds the endpoint gone.
     */
    async cancel(endpoint: EndpointRef, now: number): Promise<number> {
      const waiting: string[] = await rowsOf(endpoint).where({ lease_token: noLease }).forUpdate().pluck('delivery_id');
      const untried = new Map<number, number>();
      for (let at = 0; at < waiting.length; at += idsAtOnce) {
        const ids = waiting.slice(at, at + idsAtOnce);
        for (const [bucket, count] of await countUntried(db, ids))
          untried.set(bucket, (untried.get(bucket) ?? 0) + count);
        await settleAsCancelled(db, ids, now);
      }
      await this.disorder(endpoint);
      await noteEnd(db, endpoint, { ids: waiting, untried }, now);
      return waiting.length;
    },

    /**
     * Puts all deliveries of an endpoint into the order: first the ones that are leased, because their attempts may have begun,
     * then the others by age. It waits for claims that have them locked, and later claims find the endpoint ordered.
     */
    async order(endpoint: EndpointRef, now: number): Promise<void> {
      const all: Pick<QueueRow, 'delivery_id' | 'lease_until'>[] = await rowsOf(endpoint)
        .forUpdate()
        .select('delivery_id', 'lease_until');
      const known = new Set(await order.idsOf(endpointKey(endpoint)));
      const isLeased = (row: (typeof all)[number]): boolean => row.lease_until > now;
      const sorted = all
        .filter((row) => !known.has(row.delivery_id))
        .sort(
          (one, other) =>
            Number(isLeased(other)) - Number(isLeased(one)) || (one.delivery_id < other.delivery_id ? -1 : 1),
        );
      const deliveries = sorted.map((row) => ({ endpointKey: endpointKey(endpoint), deliveryId: row.delivery_id }));
      await appendToOrder(db, deliveries);
    },

    /** Forgets the order of an endpoint. */
    async disorder(endpoint: EndpointRef): Promise<void> {
      await order.remove(await order.idsOf(endpointKey(endpoint)));
    },
  };
}

/** Makes the held rows of an endpoint due at `now`, in a transaction of its own. */
export async function releaseHeld(database: Database, endpoint: EndpointRef, now: number): Promise<void> {
  await withDeadline(database.transaction((trx) => createEndpointQueue(trx, database).release(endpoint, now)));
}

/** The deliveries of an endpoint are of one organization. */
async function noteEnd(
  db: Knex,
  endpoint: EndpointRef,
  { ids, untried }: { ids: readonly string[]; untried: ReadonlyMap<number, number> },
  now: number,
): Promise<void> {
  const [first] = ids;
  const row: { organization: string } | undefined =
    first === undefined ? undefined : await db(deliveryTable).where({ id: first }).first('organization');
  const organization = row?.organization ?? (await organizationOfFailing(db, endpoint));
  if (organization !== undefined)
    await noteTallies(db, tallyCancelled({ organization, endpoint, count: ids.length, untried }, now, true));
}

/** Numbers of the deliveries without an attempt, by the bucket of their acceptance. */
async function countUntried(db: Knex, ids: readonly string[]): Promise<[bucket: number, count: number][]> {
  const rows: { bucket: number; count: number }[] = await db(`${queueTable} as q`)
    .join(`${deliveryTable} as d`, 'd.id', 'q.delivery_id')
    .whereIn('q.delivery_id', ids)
    .where('q.attempt_count', 0)
    .groupBy('bucket')
    .select(db.raw(`d.created_at - d.created_at % ${bucketMicros} as bucket`))
    .count({ count: '*' });
  return rows.map(({ bucket, count }) => [Number(bucket) / bucketMicros, Number(count)]);
}

async function settleAsCancelled(db: Knex, ids: readonly string[], now: number): Promise<void> {
  const ofQueue = (column: string) =>
    db.raw(`(select q.${column} from ${queueTable} q where q.delivery_id = ${deliveryTable}.id)`);
  await db(deliveryTable)
    .whereIn('id', ids)
    .update({
      status: storedStatus.cancelled,
      finished_at: now,
      attempt_count: ofQueue('attempt_count'),
      last_status: ofQueue('last_status'),
    });
  await db<QueueRow>(queueTable).whereIn('delivery_id', ids).delete();
}
