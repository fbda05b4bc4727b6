import type { Database, Knex } from '../../database/database.ts';
import { type DeliveryFilter, storedStatus } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import type { Batched } from '../store/batch-content.ts';
import { createBatchPages } from '../store/batch-pages.ts';
import {
  type BatchRow,
  createBatchRepository,
  isWithin,
  type OpenBatch,
  type Within,
} from '../store/batch-repository.ts';
import type { DeliveryRow } from '../store/delivery-repository.ts';

/** A delivery as it will be written. */
export type Unwritten = DeliveryRow & { payload: string };

const batchesAtOnce = 10;
/** Maximum number of batches per page; deliveries of older ones are on the next page. */
const batchesOfPage = 40;

/**
 * Reads deliveries of open batches that have no rows of their own yet. There are few such batches, unless more
 * deliveries were enqueued just now than can be sent in a moment.
 */
export function createUnwritten(database: Database, now: () => number) {
  async function rowsOf(
    db: Knex,
    batches: readonly BatchRow[],
    isMeant: (one: Batched) => boolean,
  ): Promise<Unwritten[]> {
    const repository = createBatchRepository(db, database);
    const rows: Unwritten[] = [];
    for (const batch of await repository.contentsOf(batches)) {
      const meant = { ...batch, deliveries: batch.deliveries.filter(isMeant) };
      rows.push(...(await repository.withoutRows(meant)).map((one) => toRow(batch, one)));
    }
    return rows;
  }

  return {
    /**
     * The newest deliveries that match a filter, with ids below `before`. `from`: older ones may be missing, because
     * their batches were not read.
     */
    async newest(
      db: Knex,
      filter: DeliveryFilter,
      limit: number,
      before: string | undefined,
    ): Promise<{ rows: Unwritten[]; from: string | undefined }> {
      if (!mayBeOpen(filter)) return { rows: [], from: undefined };
      const isMeant = matching(filter, before);
      const rows: Unwritten[] = [];
      let at = before;
      for (let looked = 0; ; ) {
        const batches = await createBatchPages(db).before(filter.organization, at, batchesAtOnce);
        rows.push(...(await rowsOf(db, batches, isMeant)).filter(inState(filter, now())));
        at = batches.at(-1)?.id;
        if (at === undefined || batches.length < batchesAtOnce) return { rows: newestOf(rows, limit), from: undefined };
        looked += batches.length;
        const from = await createBatchPages(db).lastIdBefore(filter.organization, at);
        const known = rows.filter(({ id }) => id > from);
        if (known.length >= limit || looked >= batchesOfPage) return { rows: newestOf(known, limit), from };
      }
    },

    /** Calls `visit` with all deliveries that match a filter, some at a time. */
    async each(db: Knex, filter: DeliveryFilter, visit: (rows: readonly Unwritten[]) => void): Promise<void> {
      if (!mayBeOpen(filter)) return;
      const isMeant = matching(filter, undefined);
      for (let at: string | undefined, isOver = false; !isOver; ) {
        const batches = await createBatchPages(db).before(filter.organization, at, batchesAtOnce);
        visit((await rowsOf(db, batches, isMeant)).filter(inState(filter, now())));
        at = batches.at(-1)?.id;
        isOver = batches.length < batchesAtOnce;
      }
    },

    async find(db: Knex, organization: string, id: string): Promise<Unwritten | undefined> {
      return (await within(db, { organization, id }))[0];
    },

    /** Whether an endpoint has deliveries without rows. */
    has: async (db: Knex, endpoint: EndpointRef): Promise<boolean> => (await within(db, { endpoint })).length > 0,
  };

  /** The matching deliveries of the first batch that has any. */
  async function within(db: Knex, meant: Within): Promise<Unwritten[]> {
    for (const id of await createBatchRepository(db, database).idsWith(meant)) {
      const batches = await createBatchPages(db).find(id);
      const rows = await rowsOf(db, batches, isWithin(meant));
      if (rows.length > 0) return rows;
    }
    return [];
  }
}

export type UnwrittenDeliveries = ReturnType<typeof createUnwritten>;

const newestOf = (rows: readonly Unwritten[], limit: number): Unwritten[] =>
  rows.toSorted((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);

const mayBeOpen = ({ status, states }: DeliveryFilter): boolean =>
  (states === undefined || states.includes('open')) &&
  (status === undefined || status === 'pending' || status === 'in_flight');

/** The same conditions as for rows. */
function matching(filter: DeliveryFilter, before: string | undefined): (one: Batched) => boolean {
  const { endpointKinds, endpointId, type } = filter;
  return (one) =>
    (before === undefined || one.id < before) &&
    (endpointKinds === undefined || endpointKinds.includes(one.endpoint.kind)) &&
    (endpointId === undefined || one.endpoint.id === endpointId) &&
    (type === undefined || one.type === type);
}

const inState =
  ({ status, from, to }: DeliveryFilter, time: number) =>
  ({ created_at: createdAt, lease_until: until }: Unwritten): boolean =>
    (from === undefined || createdAt >= from) &&
    (to === undefined || createdAt < to) &&
    (status === undefined || (status === 'in_flight') === (until ?? 0) > time);

const toRow = ({ row }: OpenBatch, { id, endpoint, type, payload }: Batched): Unwritten => ({
  id,
  organization: row.organization,
  endpoint_kind: endpoint.kind,
  endpoint_id: endpoint.id,
  type,
  payload,
  status: storedStatus.open,
  attempt_count: 0,
  last_status: 0,
  created_at: row.created_at,
  finished_at: 0,
  due_at: row.created_at,
  held: 0,
  lease_until: row.lease_until,
  queue_attempts: 0,
  queue_status: 0,
});
