import type { Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';
import { type BatchedClaim, type Claimed, storedStatus } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import type { Batched } from './batch-content.ts';
import { noLease } from './lease-token.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';

/** Times are microseconds. */
export interface OpenDelivery extends Batched {
  organization: string;
  createdAt: number;
  dueAt: number;
  lease?: { token: number; until: number } | undefined;
}

/** A settled delivery that was sent from its batch. */
export interface SettledDelivery extends Omit<Batched, 'payload'> {
  organization: string;
  createdAt: number;
  batchId: string;
  status: number;
  attemptCount: number;
  lastStatus: number;
  finishedAt: number;
}

const openColumns = [
  'id',
  'organization',
  'endpoint_kind',
  'endpoint_id',
  'type',
  'payload',
  'status',
  'attempt_count',
  'created_at',
];
const settledColumns = [...openColumns, 'last_status', 'finished_at', 'batch_id'];
const queueColumns = [
  'delivery_id',
  'endpoint_key',
  'endpoint_kind',
  'endpoint_id',
  'due_at',
  'held',
  'lease_token',
  'lease_until',
  'attempt_count',
  'retries',
  'unknowns',
];

const rowsAtOnce = 500;
const bytesAtOnce = 2 * 1024 * 1024;

/** Splits deliveries into slices that a server accepts in one statement. */
export function* slices<T extends { payload: string }>(deliveries: readonly T[]): Generator<T[]> {
  let slice: T[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const size = Buffer.byteLength(delivery.payload);
    if (slice.length >= rowsAtOnce || (slice.length > 0 && bytes + size > bytesAtOnce)) {
      yield slice;
      slice = [];
      bytes = 0;
    }
    slice.push(delivery);
    bytes += size;
  }
  if (slice.length > 0) yield slice;
}

/** Inserts deliveries without attempts and their queue rows, many rows per statement. */
export async function insertOpen(trx: Knex, rows: readonly OpenDelivery[]): Promise<void> {
  for (const slice of slices(rows)) await insertSlice(trx, slice);
}

async function insertSlice(trx: Knex, rows: readonly OpenDelivery[]): Promise<void> {
  // The second statement is built while the server runs the first one.
  await Promise.all([
    insertRows(
      trx,
      deliveryTable,
      openColumns,
      rows.map(({ id, organization, endpoint, type, payload, createdAt }) =>
        // In the order of `openColumns`.
        [id, organization, endpoint.kind, endpoint.id, type, payload, storedStatus.open, 0, createdAt],
      ),
    ),
    insertRows(
      trx,
      queueTable,
      queueColumns,
      rows.map(({ id, endpoint, dueAt, lease: { token, until } = { token: noLease, until: 0 } }) => {
        return [id, endpointKey(endpoint), endpoint.kind, endpoint.id, dueAt, 0, token, until, 0, 0, 0];
      }),
    ),
  ]);
}

/** Inserts settled deliveries that were sent from their batch; their payloads stay in it. */
export async function insertSettled(trx: Knex, rows: readonly SettledDelivery[]): Promise<void> {
  if (rows.length === 0) return;
  await insertRows(
    trx,
    deliveryTable,
    settledColumns,
    rows.map((row) => {
      const { kind, id } = row.endpoint;
      const { status, attemptCount, createdAt, lastStatus, finishedAt, batchId } = row;
      const ends = [status, attemptCount, createdAt, lastStatus, finishedAt, batchId];
      return [row.id, row.organization, kind, id, row.type, '', ...ends];
    }),
  );
}

export const batchedOf = ({ batched }: Claimed): BatchedClaim => {
  if (!batched) throw new TypeError('the delivery is in no batch');
  return batched;
};

/** The rows to insert for a claimed delivery of a batch, under the same lease. */
export function toOpen(claimed: Claimed): OpenDelivery {
  const { organization, type, createdAt } = batchedOf(claimed);
  const { id, endpoint, payload, dueAt, leaseToken, leaseUntil } = claimed;
  return {
    id,
    organization,
    endpoint,
    type,
    payload,
    createdAt,
    dueAt,
    lease: { token: leaseToken, until: leaseUntil },
  };
}

/** Which of these deliveries have rows of their own. */
export async function ownRowsOf(db: Knex, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  return new Set<string>(
    await db(deliveryTable)
      .whereRaw(`id in (${idList(ids)})`)
      .pluck('id'),
  );
}
