import type { Database, Knex } from '../../database/database.ts';
import { type DeliveryFilter, type DeliveryState, storedStatus, storedStatusOf } from '../model/delivery.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { eventTable } from './event-repository.ts';
import { mayHaveBegun, newLeaseToken, noLease, notInFlight } from './lease-token.ts';
import { deliveryTable, never, type QueueRow, queueTable } from './queue-repository.ts';

/** A delivery joined with its queue row, if it has one. Times are microseconds. */
export interface DeliveryRow {
  id: string;
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
}

/** A delivery without its queue row. */
export type StoredDelivery = Pick<
  DeliveryRow,
  'id' | 'endpoint_kind' | 'endpoint_id' | 'status' | 'attempt_count' | 'last_status'
>;

export interface EndpointBacklog {
  endpoint: EndpointRef;
  waiting: number;
  oldestCreatedAt: number;
}

export interface LockedDelivery {
  delivery: StoredDelivery;
  queued: QueueRow | undefined;
}

const viewColumns = [
  'd.id',
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
];

/** Rows of one state that a filter without an index looks at for one page. */
const scannedAtOnce = 10_000;
const mostCounted = 10_000;
/** The oldest unsettled deliveries, by which the backlog is counted. */
const backlogScanned = 50_000;

/** At least `count`; `more`: the count ended before it had seen all. */
export interface BoundedCount {
  count: number;
  more: boolean;
}

const endpointIndex = `${deliveryTable}_endpoint_id_id`;

type Dialect = Pick<Database, 'useIndex'>;

const joined = (db: Knex) => db(`${deliveryTable} as d`).leftJoin(`${queueTable} as q`, 'q.delivery_id', 'd.id');

/** Deliveries for lists and single views. `time` (microseconds) tells a pending delivery from one in flight. */
export function createDeliveryRepository(db: Knex, database: Dialect) {
  return {
    /**
     * The newest rows that match a filter, with ids below `before`, and the cursor of the next page. Each state is a range of
     * an index, read from its end; one query for all states would have to sort. A filter by other columns looks at a bounded
     * number of rows, so a page may hold fewer rows than `limit` although others follow.
     */
    async newest(
      filter: DeliveryFilter,
      limit: number,
      before: string | undefined,
      time: number,
    ): Promise<{ rows: DeliveryRow[]; next: string | undefined }> {
      const bound = await scanBound(db, filter, before);
      const parts = splitByState(filter).map((one) => {
        const part = filtered(db, database, one, time)
          .select('d.id')
          .orderBy('d.id', 'desc')
          .limit(limit + 1);
        if (before !== undefined) part.where('d.id', '<', before);
        if (bound !== undefined) part.where('d.id', '>=', bound);
        // In SQL, a union part with a limit of its own has to be a derived table.
        return db.select('id').from(part.as('newest'));
      });
      const ids = db.unionAll(parts).as('page');
      // One row more than the limit tells whether this is the last page.
      const query = joined(db)
        .join(ids, 'page.id', 'd.id')
        .orderBy('page.id', 'desc')
        .limit(limit + 1);
      const found = (await query.select(viewColumns)) as DeliveryRow[];
      const rows = found.slice(0, limit);
      return { rows, next: found.length > limit ? rows.at(-1)?.id : bound };
    },

    /** Counts up to 10,000 matching rows, among the newest 10,000 of each state for a filter without an index. */
    async count(filter: DeliveryFilter, time: number): Promise<BoundedCount> {
      const bound = await scanBound(db, filter, undefined);
      let found = 0;
      for (const one of splitByState(filter)) {
        const part = filtered(db, database, one, time)
          .select('d.id')
          .limit(mostCounted + 1 - found);
        if (bound !== undefined) part.where('d.id', '>=', bound);
        const [row] = (await db.from(part.as('matching')).count({ found: '*' })) as { found: number }[];
        found += Number(row?.found ?? 0);
        if (found > mostCounted) return { count: mostCounted, more: true };
      }
      return { count: found, more: bound !== undefined };
    },

    async find(organization: string, id: string) {
      return (await joined(db)
        .join(`${eventTable} as e`, 'e.id', 'd.event_id')
        .where({ 'd.organization': organization, 'd.id': id })
        .select([...viewColumns, 'e.payload'])
        .first()) as (DeliveryRow & { payload: string }) | undefined;
    },

    async view(id: string): Promise<DeliveryRow> {
      return (await joined(db).where({ 'd.id': id }).select(viewColumns).first()) as DeliveryRow;
    },

    async endpointOf(organization: string, id: string) {
      return (await db(deliveryTable).where({ id, organization }).first('endpoint_kind', 'endpoint_id')) as
        | Pick<StoredDelivery, 'endpoint_kind' | 'endpoint_id'>
        | undefined;
    },

    /**
     * Endpoints with waiting deliveries, the largest backlog first, by the oldest 50,000 of the organization. `more`: there
     * are others that were not counted.
     */
    async backlog(organization: string, limit: number): Promise<{ endpoints: EndpointBacklog[]; more: boolean }> {
      const open = () => db(deliveryTable).where({ organization, status: storedStatus.open }).orderBy('id');
      const behind = await open().offset(backlogScanned).first('id');
      const oldest = open().select('endpoint_kind', 'endpoint_id', 'created_at').limit(backlogScanned);
      const rows = (await db
        .from(oldest.as('waiting'))
        .groupBy('endpoint_kind', 'endpoint_id')
        .select('endpoint_kind', 'endpoint_id')
        .count({ waiting: '*' })
        .min({ oldest: 'created_at' })
        .orderBy('waiting', 'desc')
        .limit(limit)) as { endpoint_kind: string; endpoint_id: string; waiting: number; oldest: number }[];
      const endpoints = rows.map((row) => ({
        endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
        waiting: Number(row.waiting),
        oldestCreatedAt: Number(row.oldest),
      }));
      return { endpoints, more: behind !== undefined };
    },
  };
}

/**
 * The id down to which one page looks at rows: the 10,000th of a state, the newest of several states. Undefined when the
 * index answers the filter, or when fewer rows are left. Reads the index alone.
 */
async function scanBound(db: Knex, filter: DeliveryFilter, before: string | undefined): Promise<string | undefined> {
  const { organization, status, states = everyState, endpointKinds, endpointId, type, from, to } = filter;
  const isIndexed = [endpointKinds, endpointId, type, from, to].every((value) => value === undefined);
  const isOfQueue = status !== undefined && storedStatusOf(status) === storedStatus.open;
  if (isIndexed && !isOfQueue) return undefined;
  const numbers = status === undefined ? states.map((state) => storedStatus[state]) : [storedStatusOf(status)];
  const ranges =
    endpointId === undefined
      ? numbers.map((number) => ({ organization, status: number }))
      : [{ endpoint_id: endpointId }];
  const bounds: string[] = [];
  for (const range of ranges) {
    const query = db(deliveryTable).where(range).orderBy('id', 'desc');
    if (before !== undefined) query.where('id', '<', before);
    const row: { id: string } | undefined = await query.offset(scannedAtOnce - 1).first('id');
    if (row) bounds.push(row.id);
  }
  return bounds.sort().at(-1);
}

/** Changes of one delivery, within the caller's transaction. `time` in microseconds. */
export function createDeliveryStates(trx: Knex) {
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
      await queueRow(id).update({ due_at: time, retries: 0, unknowns: 0, lease_token: token, lease_until: 0 });
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
      });
    },
  };
}

function filtered(db: Knex, { useIndex }: Dialect, filter: DeliveryFilter, time: number) {
  const { organization, status, states, endpointKinds, endpointId, type, from, to } = filter;
  const query = joined(db).where('d.organization', organization);
  // The servers sometimes prefer the index of the organization's rows, of which an endpoint may have few.
  if (endpointId !== undefined) query.from(db.raw(`${deliveryTable} as d${useIndex(endpointIndex)}`));
  if (states !== undefined)
    query.whereIn(
      'd.status',
      states.map((state) => storedStatus[state]),
    );
  if (endpointKinds !== undefined) query.whereIn('d.endpoint_kind', endpointKinds);
  if (status !== undefined) query.where('d.status', storedStatusOf(status));
  if (status === 'held') query.where('q.due_at', never);
  if (status === 'in_flight') query.where('q.lease_until', '>', time).where('q.lease_token', '>', noLease);
  if (status === 'pending') query.where('q.due_at', '<', never).whereRaw(notInFlight('q.'), time);
  if (endpointId !== undefined) query.where('d.endpoint_id', endpointId);
  if (type !== undefined) query.where('d.type', type);
  if (from !== undefined) query.where('d.created_at', '>=', from);
  if (to !== undefined) query.where('d.created_at', '<', to);
  return query;
}

const everyState = Object.keys(storedStatus) as DeliveryState[];

const splitByState = (filter: DeliveryFilter): DeliveryFilter[] =>
  filter.status === undefined && filter.endpointId === undefined
    ? (filter.states ?? everyState).map((state) => ({ ...filter, states: [state] }))
    : [filter];
