import type { Database, Knex } from '../../database/database.ts';
import { allOrganizations, type DeliveryFilter, storedStatus, storedStatusOf } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import { filtered, isOfStatus, joined, resolveFilter, withLastAttempt } from './delivery-filters.ts';
import { rangeOf, within } from './delivery-ranges.ts';
import { eventTable } from './event-repository.ts';
import { mayHaveBegun, newLeaseToken, noLease } from './lease-token.ts';
import { moveToEnd } from './order-repository.ts';
import { countOfStatus, ofOrganization } from './organizations.ts';
import { deliveryTable, type QueueRow, queueTable } from './queue-repository.ts';

/** A delivery joined with its queue row and its last attempt, if it has them. Times are microseconds. */
export interface DeliveryRow {
  id: string;
  event_id: string;
  organization: string;
  endpoint_kind: string;
  endpoint_id: string;
  type: string;
  status: number;
  attempt_count: number;
  last_status: number;
  created_at: number;
  finished_at: number;
  due_at: number | null;
  held: number | null;
  lease_token: number | null;
  lease_until: number | null;
  queue_attempts: number | null;
  queue_status: number | null;
  url: string | null;
  error: string | null;
  decision: string | null;
}

/** A delivery without its queue row. */
export type StoredDelivery = Pick<
  DeliveryRow,
  'id' | 'endpoint_kind' | 'endpoint_id' | 'status' | 'attempt_count' | 'last_status' | 'created_at'
>;

export interface LockedDelivery {
  delivery: StoredDelivery;
  queued: QueueRow | undefined;
}

const viewColumns = [
  'd.id',
  'd.event_id',
  'd.organization',
  'd.endpoint_kind',
  'd.endpoint_id',
  'd.type',
  'd.status',
  'd.attempt_count',
  'd.last_status',
  'd.created_at',
  'd.finished_at',
  'q.due_at',
  'q.held',
  'q.lease_token',
  'q.lease_until',
  'q.attempt_count as queue_attempts',
  'q.last_status as queue_status',
  'a.url',
  'a.error',
  'a.decision',
];

const mostCounted = 10_000;

/** At least `count`; `more`: the count ended before it had seen all. */
export interface BoundedCount {
  count: number;
  more: boolean;
}

type Dialect = Pick<Database, 'distinct' | 'rows' | 'useIndex'>;

/** Deliveries as views show them. */
const viewed = (db: Knex) => withLastAttempt(db, joined(db));

/** Deliveries for lists and single views. `time` (microseconds) tells a pending delivery from one in flight. */
export function createDeliveryRepository(db: Knex, database: Dialect) {
  return {
    /**
     * The newest rows that match a filter, with ids below `before`, and the cursor of the next page. Each state is a range of
     * an index, read from its end; one query for all states would have to sort. A filter by other columns looks at a bounded
     * number of rows, so a page may hold fewer rows than `limit` although others follow.
     */
    async newest(
      wanted: DeliveryFilter,
      limit: number,
      before: string | undefined,
      time: number,
    ): Promise<{ rows: DeliveryRow[]; next: string | undefined }> {
      const filter = await resolveFilter(db, wanted);
      const range = filter && (await rangeOf(db, database, filter, before));
      if (!range) return { rows: [], next: undefined };
      const parts = range.filters.map((one) => {
        const part = within(range, filtered(db, database, one, time))
          .select('d.id')
          .orderBy('d.id', 'desc')
          .limit(limit + 1);
        // In SQL, a union part with a limit of its own has to be a derived table.
        return db.select('id').from(part.as('newest'));
      });
      const ids = db.unionAll(parts).as('page');
      // One row more than the limit tells whether this is the last page.
      const query = viewed(db)
        .join(ids, 'page.id', 'd.id')
        .orderBy('page.id', 'desc')
        .limit(limit + 1);
      const found = (await query.select(viewColumns)) as DeliveryRow[];
      const rows = found.slice(0, limit);
      return { rows, next: found.length > limit ? rows.at(-1)?.id : range.bound };
    },

    /** Counts up to 10,000 matching rows, among the newest 10,000 of each state for a filter without an index. */
    async count(wanted: DeliveryFilter, time: number): Promise<BoundedCount> {
      const filter = await resolveFilter(db, wanted);
      if (filter?.organization === allOrganizations && isOfStatus(filter)) {
        const all = await countOfStatus(db, database, storedStatusOf(filter.status), mostCounted + 1);
        return { count: Math.min(all, mostCounted), more: all > mostCounted };
      }
      const range = filter && (await rangeOf(db, database, filter, undefined));
      if (!range) return { count: 0, more: false };
      let found = 0;
      for (const one of range.filters) {
        const part = within(range, filtered(db, database, one, time))
          .select('d.id')
          .limit(mostCounted + 1 - found);
        const [row] = (await db.from(part.as('matching')).count({ found: '*' })) as { found: number }[];
        found += Number(row?.found ?? 0);
        if (found > mostCounted) return { count: mostCounted, more: true };
      }
      return { count: found, more: range.bound !== undefined };
    },

    async find(organization: string, id: string) {
      return (await ofOrganization(viewed(db), organization, 'd.organization')
        .join(`${eventTable} as e`, 'e.id', 'd.event_id')
        .where({ 'd.id': id })
        .select([...viewColumns, 'e.payload', 'e.traceparent'])
        .first()) as (DeliveryRow & { payload: string; traceparent: string | null }) | undefined;
    },

    async view(id: string): Promise<DeliveryRow> {
      return (await viewed(db).where({ 'd.id': id }).select(viewColumns).first()) as DeliveryRow;
    },

    async endpointOf(organization: string, id: string) {
      return (await db(deliveryTable).where({ id, organization }).first('endpoint_kind', 'endpoint_id')) as
        | Pick<StoredDelivery, 'endpoint_kind' | 'endpoint_id'>
        | undefined;
    },
  };
}

/** Changes of one delivery, within the caller's transaction. `time` in microseconds. */
export function createDeliveryStates(trx: Knex, database: Database) {
  const queueRow = (id: string) => trx<QueueRow>(queueTable).where({ delivery_id: id });

  return {
    /** Locks a delivery and its queue row, in the order of `writeResults`, so that the two cannot deadlock. */
    async lock(organization: string, id: string): Promise<LockedDelivery | undefined> {
      // Without a lock first: rows of other organizations are not locked.
      if (!(await trx(deliveryTable).where({ id, organization }).first('id'))) return undefined;
      const lockQueued = async (): Promise<QueueRow | undefined> =>
        (await queueRow(id).forUpdate().first()) as QueueRow;
      const before = await lockQueued();
      const delivery = (await trx(deliveryTable).where({ id }).forUpdate().first()) as StoredDelivery | undefined;
      if (!delivery) return undefined;
      // Another transaction may have redelivered it between the two locks.
      const queued = before ?? (delivery.status === storedStatus.open ? await lockQueued() : undefined);
      return { delivery, queued };
    },

    /** Settles a waiting delivery as cancelled. */
    async cancel({ delivery_id: id, last_status }: QueueRow, attempts: number, time: number): Promise<void> {
      await queueRow(id).delete();
      await trx(deliveryTable)
        .where({ id })
        .update({ status: storedStatus.cancelled, finished_at: time, attempt_count: attempts, last_status });
    },

    /**
     * Makes a waiting delivery due now, with its full number of retries. After a lapsed lease a new token fences off
     * the late result of that attempt, and still marks its outcome as unknown.
     */
    async restart({ delivery_id: id, lease_token }: QueueRow, time: number): Promise<void> {
      const token = mayHaveBegun(lease_token) ? newLeaseToken() : noLease;
      const again = { due_at: time, wait_us: 0, retries: 0, unknowns: 0 };
      await queueRow(id).update({ ...again, lease_token: token, lease_until: 0 });
    },

    /** Puts a settled delivery back into the queue, with its full number of retries. */
    async reopen(delivery: StoredDelivery, time: number): Promise<void> {
      const endpoint = { kind: delivery.endpoint_kind, id: delivery.endpoint_id };
      await trx(deliveryTable).where({ id: delivery.id }).update({ status: storedStatus.open, finished_at: 0 });
      await trx<QueueRow>(queueTable).insert({
        delivery_id: delivery.id,
        endpoint_key: endpointKey(endpoint),
        endpoint_kind: endpoint.kind,
        endpoint_id: endpoint.id,
        due_at: time,
        held: 0,
        lease_token: noLease,
        lease_until: 0,
        attempt_count: delivery.attempt_count,
        retries: 0,
        unknowns: 0,
        last_status: delivery.last_status,
        wait_us: 0,
      });
      await moveToEnd(trx, database, { endpointKey: endpointKey(endpoint), deliveryId: delivery.id });
    },
  };
}
