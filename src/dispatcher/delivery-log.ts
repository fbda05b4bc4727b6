import type { Database, Knex } from '../database/database.ts';
import { type DeliveryState, storedStatus } from './delivery.ts';
import { createDeliveryChanges, joined, missing } from './delivery-changes.ts';
import {
  type AttemptRow,
  type AttemptView,
  type DeliveryRow,
  type DeliveryStatus,
  type DeliveryView,
  deliveryColumns,
  storedStatusOf,
  toAttempt,
  toView,
} from './delivery-view.ts';
import type { EndpointRef } from './endpoint.ts';
import type { EndpointLookup } from './endpoint-lookup.ts';
import { deliveryTable, never, queueTable } from './queue-repository.ts';
import { attemptTable } from './recording.ts';

export type { AttemptView, DeliveryView } from './delivery-view.ts';

export interface Backlog {
  endpoint: EndpointRef;
  waiting: number;
  oldestCreatedAt: number;
}

export interface DeliveryFilter {
  organization: string;
  status?: DeliveryStatus | undefined;
  /** Any of these; `open` is what is not settled. */
  states?: readonly DeliveryState[] | undefined;
  /** Any of these kinds of endpoints. */
  endpointKinds?: readonly string[] | undefined;
  endpointId?: string | undefined;
  type?: string | undefined;
  /** Microseconds, inclusive and exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

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
  const changes = createDeliveryChanges(parts);

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

  return {
    /** A page of the newest, or of those before `cursor` (the id of the last one seen). */
    async list(filter: DeliveryFilter, limit: number, cursor?: string): Promise<DeliveryPage> {
      // One more than asked for tells whether this is the last page.
      const rows: DeliveryRow[] = await database.read((db) =>
        newest(db, filter, limit + 1, cursor).select(deliveryColumns),
      );
      const page = rows.slice(0, limit);
      return {
        deliveries: page.map((row) => toView(row, now())),
        next: rows.length > limit ? page.at(-1)?.id : undefined,
      };
    },

    /** How many the filter finds. */
    async count(db: Knex, filter: DeliveryFilter): Promise<number> {
      const [row] = await filtered(db, filter).count({ found: '*' });
      return Number(row?.found ?? 0);
    },

    /** What the filter finds, from the one before `before` on, newest first. */
    async before(
      filter: DeliveryFilter,
      before: string,
      limit: number,
    ): Promise<{ id: string; endpoint: EndpointRef }[]> {
      const rows: DeliveryRow[] = await database.read((db) =>
        newest(db, filter, limit, before).select('d.id', 'd.endpoint_kind', 'd.endpoint_id'),
      );
      return rows.map((row) => ({ id: row.id, endpoint: { kind: row.endpoint_kind, id: row.endpoint_id } }));
    },

    /** Endpoints with something waiting, and how much; the fullest first, at most 1000. */
    async backlog(organization: string): Promise<Backlog[]> {
      const rows = (await database.read((db) =>
        db(`${deliveryTable} as d`)
          .join(`${queueTable} as q`, 'q.delivery_id', 'd.id')
          .where({ 'd.organization': organization, 'd.status': storedStatus.open })
          .groupBy('d.endpoint_kind', 'd.endpoint_id')
          .select('d.endpoint_kind', 'd.endpoint_id')
          .count({ waiting: '*' })
          .min({ oldest: 'd.created_at' })
          .orderBy('waiting', 'desc')
          .limit(1000),
      )) as { endpoint_kind: string; endpoint_id: string; waiting: number; oldest: number }[];
      return rows.map((row) => ({
        endpoint: { kind: row.endpoint_kind, id: row.endpoint_id },
        waiting: Number(row.waiting),
        oldestCreatedAt: Number(row.oldest),
      }));
    },

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<DeliveryView & { payload: string; attempts: AttemptView[] }> {
      return database.read(async (db) => {
        const row = (await joined(db)
          .where({ 'd.organization': organization, 'd.id': id })
          .select([...deliveryColumns, 'd.payload'])
          .first()) as (DeliveryRow & { payload: string }) | undefined;
        if (!row) throw missing();
        const attempts = (await db(attemptTable).where({ delivery_id: id }).orderBy('number')) as AttemptRow[];
        return { ...toView(row, now()), payload: row.payload, attempts: attempts.map(toAttempt) };
      });
    },

    demandEndpoint: changes.demandEndpoint,
    redeliver: changes.redeliver,
    cancel: changes.cancel,
  };
}

const everyState = Object.keys(storedStatus) as DeliveryState[];

const splitByState = (filter: DeliveryFilter): DeliveryFilter[] =>
  filter.status === undefined
    ? (filter.states ?? everyState).map((state) => ({ ...filter, states: [state] }))
    : [filter];
