import { randomUUIDv7 } from 'node:crypto';
import type { Knex } from '../database/database.ts';
import { type NewDelivery, storedStatus } from './delivery.ts';
import type { DirectLeases } from './direct-leases.ts';
import { type EndpointRef, endpointKey } from './endpoint.ts';
import { insertRows } from './insert-rows.ts';
import { noLease } from './lease-token.ts';
import { keyName, type OnceKey, takeKeys } from './once-keys.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';

export interface Accepted {
  id: string;
  endpoint: EndpointRef;
}

const maxPayloadBytes = 256 * 1024;
const rowsAtOnce = 500;
const bytesAtOnce = 2 * 1024 * 1024;

const deliveryColumns = [
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

/**
 * Writes deliveries and their places in the queue, many rows a statement. What was handed over before under its key is not
 * written again, and gets the first delivery's id. Throws `RangeError` for a payload over 256 KiB or a key over 190 characters
 * or with a space at its end.
 */
export async function insertDeliveries(
  trx: Knex,
  deliveries: readonly NewDelivery[],
  now: number,
  leases: DirectLeases,
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (const batch of batches(deliveries)) {
    const rows = batch.map((delivery) => ({ ...delivery, id: randomUUIDv7() }));
    const taken = await takeKeys(trx, rows.flatMap(toOnceKey));
    const idOf = ({ organization, onceKey, id }: Identified): string =>
      onceKey === undefined ? id : (taken.get(keyName(organization, onceKey)) ?? id);
    await insertBatch(
      trx,
      rows.filter((row) => idOf(row) === row.id),
      now,
      leases,
    );
    accepted.push(...rows.map((row) => ({ id: idOf(row), endpoint: row.endpoint })));
  }
  return accepted;
}

type Identified = NewDelivery & { id: string };

const toOnceKey = ({ organization, onceKey, id }: Identified): OnceKey[] =>
  onceKey === undefined ? [] : [{ organization, onceKey, deliveryId: id }];

async function insertBatch(trx: Knex, rows: readonly Identified[], now: number, leases: DirectLeases): Promise<void> {
  if (rows.length === 0) return;
  // The second statement is put together while the server is at the first one.
  await Promise.all([
    insertRows(
      trx,
      deliveryTable,
      deliveryColumns,
      rows.map(({ id, organization, endpoint: { kind, id: endpointId }, type, payload }) =>
        // In the order of the columns.
        [id, organization, kind, endpointId, type, payload, storedStatus.open, 0, now],
      ),
    ),
    insertRows(
      trx,
      queueTable,
      queueColumns,
      rows.map((row) => {
        const { id, endpoint } = row;
        const { token = noLease, until = 0 } = leases.leaseFor(row) ?? {};
        return [id, endpointKey(endpoint), endpoint.kind, endpoint.id, now, 0, token, until, 0, 0, 0];
      }),
    ),
  ]);
}

function* batches(deliveries: readonly NewDelivery[]): Generator<NewDelivery[]> {
  let batch: NewDelivery[] = [];
  let bytes = 0;
  for (const delivery of deliveries) {
    const size = Buffer.byteLength(delivery.payload);
    if (size > maxPayloadBytes) throw new RangeError(`a payload is larger than ${maxPayloadBytes} bytes`);
    if (batch.length >= rowsAtOnce || bytes + size > bytesAtOnce) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(delivery);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
