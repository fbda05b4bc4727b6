import type { Database, Knex } from '../../database/database.ts';
import { type DeliveryState, storedStatus } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { attemptTable } from '../store/attempt-rows.ts';
import { never } from '../store/queue-repository.ts';
import { type Backlog, readBacklog } from './backlog.ts';
import { createUnwritten } from './batched-deliveries.ts';
import { createDeliveryChanges, type Delivery, joined, missing, payloadOf } from './delivery-changes.ts';
import {
  type AttemptRow,
  type AttemptView,
  type DeliveryFilter,
  type DeliveryRow,
  type DeliveryView,
  deliveryColumns,
  storedStatusOf,
  toAttempt,
  toView,
} from './delivery-view.ts';

export type { AttemptView, DeliveryView } from './delivery-view.ts';

export interface DeliveryPage {
  deliveries: DeliveryView[];
  /** The id to go on from; undefined on the last page. */
  next: string | undefined;
}

export type DeliveryLog = ReturnType<typeof createDeliveryLog>;

/** What was accepted and what became of it, for people; and sending again what they want sent again. */
export function createDeliveryLog(parts: {
  database: Database;
  lookup: EndpointLookup;
  now: () => number;
  wake: (trx: Knex.Transaction, key: number, dueAt: number) => void;
}) {
  const { database, now } = parts;
  const unwritten = createUnwritten(database, now);
  const changes = createDeliveryChanges({ ...parts, unwritten });

  function filtered(db: Knex, filter: DeliveryFilter) {
    const { organization, status, states, endpointKinds, endpointId, type, from, to } = filter;
    const query = joined(db).where('d.organization', organization);
    if (states !== undefined)
      query.whereIn(
        'd.status',
        states.map((state) => storedStatus[state]),
      );
    if (endpointKinds !== undefined) query.whereIn('d.endpoint_kind', endpointKinds);
    if (status !== undefined) query.where('d.status', storedStatusOf(status));
    if (status === 'held') query.where('q.due_at', never);
    if (status === 'in_flight') query.where('q.lease_until', '>', now());
    if (status === 'pending') query.where('q.due_at', '<', never).where('q.lease_until', '<=', now());
    if (endpointId !== undefined) query.where('d.endpoint_id', endpointId);
    if (type !== undefined) query.where('d.type', type);
    if (from !== undefined) query.where('d.created_at', '>=', from);
    if (to !== undefined) query.where('d.created_at', '<', to);
    return query;
  }

  /**
   * The newest that a filter finds. Each state by itself is a stretch of an index, read from its end; all of them at once
   * would have to be sorted.
   */
  function newest(db: Knex, filter: DeliveryFilter, limit: number, before: string | undefined) {
    const parts = splitByState(filter).map((one) => {
      const part = filtered(db, one).select('d.id').orderBy('d.id', 'desc').limit(limit);
      if (before !== undefined) part.where('d.id', '<', before);
      // What is limited has to be a table of its own before it can be part of a union.
      return db.select('id').from(part.as('newest'));
    });
    const ids = db.unionAll(parts).as('page');
    return joined(db).join(ids, 'page.id', 'd.id').orderBy('page.id', 'desc').limit(limit);
  }

  /** The newest, with those that have no rows of their own yet; and the id to go on from. */
  async function page(db: Knex, filter: DeliveryFilter, limit: number, before: string | undefined) {
    // These first: what gets a row meanwhile is found twice then, and not never. One more than asked for tells whether this is
    // the last page.
    const { rows: inBatches, from } = await unwritten.newest(db, filter, limit + 1, before);
    const inRows: DeliveryRow[] = await newest(db, filter, limit + 1, before).select(deliveryColumns);
    const byId = new Map([...inBatches, ...inRows].map((row) => [row.id, row]));
    const found = [...byId.values()]
      .filter(({ id }) => from === undefined || id > from)
      .sort((one, other) => (one.id < other.id ? 1 : -1));
    const rows = found.slice(0, limit);
    return { rows, next: found.length > limit ? rows.at(-1)?.id : from ? idAfter(from) : undefined };
  }

  return {
    /** A page of the newest, or of those before `cursor` (the id of the last one seen). */
    async list(filter: DeliveryFilter, limit: number, cursor?: string): Promise<DeliveryPage> {
      const rows: DeliveryRow[] = [];
      let next = cursor;
      do {
        const more = await database.read((db) => page(db, filter, limit - rows.length, next));
        rows.push(...more.rows);
        next = more.next;
      } while (next !== undefined && rows.length < limit);
      return { deliveries: rows.map((row) => toView(row, now())), next };
    },

    /** How many the filter finds. */
    async count(db: Knex, filter: DeliveryFilter): Promise<number> {
      let found = 0;
      await unwritten.each(db, filter, (rows) => {
        found += rows.length;
      });
      const [row] = await filtered(db, filter).count({ found: '*' });
      return found + Number(row?.found ?? 0);
    },

    backlog: (organization: string): Promise<Backlog[]> => readBacklog(database, unwritten, organization),

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<DeliveryView & { payload: string; attempts: AttemptView[] }> {
      return database.read(async (db) => {
        const inBatch = await unwritten.find(db, organization, id);
        const row = (await joined(db)
          .where({ 'd.organization': organization, 'd.id': id })
          .select([...deliveryColumns, 'd.payload', 'd.batch_id'])
          .first()) as (DeliveryRow & Pick<Delivery, 'payload' | 'batch_id'>) | undefined;
        const found = row ?? inBatch;
        if (!found) throw missing();
        const attempts = (await db(attemptTable).where({ delivery_id: id }).orderBy('number')) as AttemptRow[];
        const payload = row ? await payloadOf(db, row) : found.payload;
        return { ...toView(found, now()), payload, attempts: attempts.map(toAttempt) };
      });
    },

    requireEndpoint: changes.requireEndpoint,
    redeliver: changes.redeliver,
    cancel: changes.cancel,
  };
}

/** The least id that is greater. */
function idAfter(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const everyState = Object.keys(storedStatus) as DeliveryState[];

const splitByState = (filter: DeliveryFilter): DeliveryFilter[] =>
  filter.status === undefined
    ? (filter.states ?? everyState).map((state) => ({ ...filter, states: [state] }))
    : [filter];
