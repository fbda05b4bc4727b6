import type { Database, Knex } from '../../database/database.ts';
import type { DeliveryFilter } from '../model/delivery.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { readAttempts } from '../store/attempt-rows.ts';
import {
  createDeliveryRepository,
  type DeliveryRow,
  type EndpointBacklog,
  payloadOf,
} from '../store/delivery-repository.ts';
import { readBacklog } from './backlog.ts';
import { createUnwritten, type UnwrittenDeliveries } from './batched-deliveries.ts';
import { createDeliveryChanges, missing } from './delivery-changes.ts';
import { type AttemptView, type DeliveryView, toAttempt, toView } from './delivery-view.ts';

export type { AttemptView, DeliveryView } from './delivery-view.ts';

export interface DeliveryPage {
  deliveries: DeliveryView[];
  /** The cursor of the next page; undefined on the last one. */
  next: string | undefined;
}

export type DeliveryLog = ReturnType<typeof createDeliveryLog>;

/** Lists, counts, reads, redelivers and cancels accepted deliveries. */
export function createDeliveryLog(parts: {
  database: Database;
  lookup: EndpointLookup;
  now: () => number;
  wake: (trx: Knex.Transaction, key: number, dueAt: number) => void;
}) {
  const { database, now } = parts;
  const unwritten = createUnwritten(database, now);
  const { requireEndpoint, redeliver, cancel } = createDeliveryChanges({ ...parts, unwritten });

  return {
    requireEndpoint,
    redeliver,
    cancel,

    /** A page of deliveries, newest first, older than `cursor` (the id of the last one seen). */
    async list(filter: DeliveryFilter, limit: number, cursor?: string): Promise<DeliveryPage> {
      const rows: DeliveryRow[] = [];
      let next = cursor;
      do {
        const ask = { limit: limit - rows.length, before: next, time: now() };
        const more = await database.read((db) => readPage(db, unwritten, filter, ask));
        rows.push(...more.rows);
        next = more.next;
      } while (next !== undefined && rows.length < limit);
      return { deliveries: rows.map((row) => toView(row, now())), next };
    },

    /** The number of deliveries that match a filter. */
    async count(db: Knex, filter: DeliveryFilter): Promise<number> {
      let found = 0;
      await unwritten.each(db, filter, (rows) => {
        found += rows.length;
      });
      return found + (await createDeliveryRepository(db).count(filter, now()));
    },

    backlog: (organization: string): Promise<EndpointBacklog[]> => readBacklog(database, unwritten, organization),

    /** Throws `NOT_FOUND`. */
    async read(organization: string, id: string): Promise<DeliveryView & { payload: string; attempts: AttemptView[] }> {
      return database.read(async (db) => {
        const inBatch = await unwritten.find(db, organization, id);
        const row = await createDeliveryRepository(db).find(organization, id);
        const found = row ?? inBatch;
        if (!found) throw missing();
        const attempts = await readAttempts(db, id);
        const payload = row ? await payloadOf(db, row) : found.payload;
        return { ...toView(found, now()), payload, attempts: attempts.map(toAttempt) };
      });
    },
  };
}

/** The newest deliveries, including batched ones, and the cursor of the next page. */
async function readPage(
  db: Knex,
  unwritten: UnwrittenDeliveries,
  filter: DeliveryFilter,
  { limit, before, time }: { limit: number; before: string | undefined; time: number },
) {
  // Batches first: a delivery that gets a row between the two reads is found twice, rather than missed.
  // One delivery more than the limit tells whether this is the last page.
  const { rows: inBatches, from } = await unwritten.newest(db, filter, limit + 1, before);
  const inRows = await createDeliveryRepository(db).newest(filter, limit + 1, before, time);
  const byId = new Map([...inBatches, ...inRows].map((row) => [row.id, row]));
  const found = [...byId.values()]
    .filter(({ id }) => from === undefined || id > from)
    .sort((one, other) => (one.id < other.id ? 1 : -1));
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? rows.at(-1)?.id : from ? idAfter(from) : undefined };
}

/** The smallest id above this one. */
function idAfter(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
