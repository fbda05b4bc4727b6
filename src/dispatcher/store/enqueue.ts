import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import type { NewDelivery } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { createBatchRepository } from './batch-repository.ts';
import { type DeduplicationKey, keyName, takeKeys } from './deduplication-keys.ts';
import { insertOpen, slices } from './delivery-rows.ts';

export interface Accepted {
  id: string;
  endpoint: EndpointRef;
}

export interface Lease {
  token: number;
  /** Microseconds. */
  until: number;
}

/** Leases on the rows of one enqueuing transaction. */
export interface DirectLeases {
  /** A lease to be stored with a new row; undefined when the row has to wait for a claim. */
  leaseFor(delivery: NewDelivery & { id: string }): Lease | undefined;
  /** Keys of the endpoints whose rows wait for a claim. */
  readonly left: ReadonlySet<number>;
}

const maxPayloadBytes = 256 * 1024;
/**
 * Largest number of deliveries stored as rows. More become a batch; claiming them together costs less
 * than single leases.
 */
export const mostAsRows = 16;
/** Lengths of the columns, in characters. */
const maxLengths = { organization: 100, kind: 64, endpoint: 64, type: 128 } as const;

/**
 * Stores deliveries: a few as rows with queue rows, many as a batch. A delivery whose deduplication key is already
 * known is not stored again and gets the id of the first one. Throws `RangeError` for a payload over 256 KiB, a name
 * that is longer than its column, or a key over 190 characters or with a space at its end.
 */
export async function insertDeliveries(
  trx: Knex,
  database: Database,
  deliveries: readonly NewDelivery[],
  now: number,
  leases: DirectLeases,
): Promise<{ accepted: Accepted[]; hasBatch: boolean }> {
  const accepted: Accepted[] = [];
  let hasBatch = false;
  for (const delivery of deliveries) requireFitting(delivery);
  for (const batch of slices(deliveries)) {
    const rows = batch.map((delivery) => ({ ...delivery, id: randomUUIDv7() }));
    const taken = await takeKeys(trx, rows.flatMap(toOnceKey));
    const idOf = ({ organization, onceKey, id }: Identified): string =>
      onceKey === undefined ? id : (taken.get(keyName(organization, onceKey)) ?? id);
    const fresh = rows.filter((row) => idOf(row) === row.id);
    hasBatch = (await insertNew(trx, database, fresh, now, leases)) || hasBatch;
    accepted.push(...rows.map((row) => ({ id: idOf(row), endpoint: row.endpoint })));
  }
  return { accepted, hasBatch };
}

type Identified = NewDelivery & { id: string };

const toOnceKey = ({ organization, onceKey, id }: Identified): DeduplicationKey[] =>
  onceKey === undefined ? [] : [{ organization, onceKey, deliveryId: id }];

/** Resolves to whether a batch was written. */
async function insertNew(
  trx: Knex,
  database: Database,
  rows: readonly Identified[],
  now: number,
  leases: DirectLeases,
) {
  let hasBatch = false;
  for (const [organization, group] of Map.groupBy(rows, (row) => row.organization)) {
    if (group.length > mostAsRows) {
      await createBatchRepository(trx, database).insert(organization, group, now);
      hasBatch = true;
    } else {
      await insertOpen(
        trx,
        group.map((row) => ({ ...row, createdAt: now, dueAt: now, lease: leases.leaseFor(row) })),
      );
    }
  }
  return hasBatch;
}

/** Rejects values that exceed their columns: such a delivery could be sent from a batch, but its row never written. */
function requireFitting({ organization, endpoint, type, payload }: NewDelivery): void {
  if (Buffer.byteLength(payload) > maxPayloadBytes)
    throw new RangeError(`a payload is larger than ${maxPayloadBytes} bytes`);
  const texts = { organization, kind: endpoint.kind, endpoint: endpoint.id, type };
  for (const [name, limit] of Object.entries(maxLengths)) {
    const text = texts[name as keyof typeof texts];
    if (text.length > limit && [...text].length > limit)
      throw new RangeError(`the ${name} of a delivery is longer than ${limit} characters`);
  }
}
