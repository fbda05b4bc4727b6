import { randomUUIDv7 } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from '../../database/database.ts';
import type { NewDelivery } from '../model/delivery.ts';
import type { EndpointRef } from '../model/endpoint.ts';
import { type DeduplicationKey, keyName, takeKeys } from './deduplication-keys.ts';
import { insertOpen, type OpenDelivery } from './delivery-rows.ts';
import { createEventRepository, type NewEvent } from './event-repository.ts';

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
/** Lengths of the columns, in characters. */
const maxLengths = { organization: 100, kind: 64, endpoint: 64, type: 128 } as const;
/** Rows of one INSERT. */
const rowsAtOnce = 250;

/**
 * Stores deliveries with their queue rows, and the payload of each event once. A delivery whose deduplication key is
 * already known is not stored again and gets the id of the first one. `now` in microseconds. Throws `RangeError` for a
 * payload over 256 KiB, a name that is longer than its column, or a key over 190 characters or with a space at its end.
 */
export async function insertDeliveries(
  trx: Knex,
  deliveries: readonly NewDelivery[],
  now: number,
  leases: DirectLeases,
): Promise<Accepted[]> {
  for (const payload of new Set(deliveries.map(({ payload }) => payload))) requireFittingPayload(payload);
  for (const delivery of deliveries) requireFitting(delivery);
  const rows = deliveries.map((delivery) => ({ ...delivery, id: randomUUIDv7() }));
  if (rows.length > rowsAtOnce) await nextTurn();
  const taken = await takeKeys(trx, rows.flatMap(toDeduplicationKey));
  const idOf = ({ organization, onceKey, id }: Identified): string =>
    onceKey === undefined ? id : (taken.get(keyName(organization, onceKey)) ?? id);
  const fresh = rows.filter((row) => idOf(row) === row.id);
  await insertFresh(trx, fresh, now, leases);
  return rows.map((row) => ({ id: idOf(row), endpoint: row.endpoint }));
}

type Identified = NewDelivery & { id: string };

const toDeduplicationKey = ({ organization, onceKey, id }: Identified): DeduplicationKey[] =>
  onceKey === undefined ? [] : [{ organization, onceKey, deliveryId: id }];

async function insertFresh(trx: Knex, rows: readonly Identified[], now: number, leases: DirectLeases): Promise<void> {
  const { events, eventOf } = toEvents(rows);
  const repository = createEventRepository(trx);
  const toOpen = (row: Identified): OpenDelivery => ({
    id: row.id,
    eventId: eventOf(row).id,
    organization: row.organization,
    endpoint: row.endpoint,
    type: row.type,
    createdAt: now,
    lease: leases.leaseFor(row),
  });
  const eventSlices = slices(events);
  for (const [index, slice] of slices(rows).entries()) {
    // The event loop turns before each slice: other calls need not wait for a large fan-out.
    if (rows.length > rowsAtOnce) await nextTurn();
    // Each statement is built while the server runs the previous one. There are never more events than deliveries.
    await Promise.all([repository.insert(eventSlices[index] ?? [], now), insertOpen(trx, slice.map(toOpen))]);
  }
}

/** Deliveries of the same organization, type and payload share an event. */
function toEvents(rows: readonly Identified[]): { events: NewEvent[]; eventOf: (row: Identified) => NewEvent } {
  const byPayload = new Map<string, NewEvent[]>();
  const known = ({ organization, type, payload }: Identified): NewEvent | undefined =>
    byPayload.get(payload)?.find((event) => event.organization === organization && event.type === type);
  for (const row of rows) {
    const event = known(row);
    if (event) {
      if (row.id < event.id) event.id = row.id;
      if (row.id > event.lastId) event.lastId = row.id;
    } else {
      const { id, organization, type, payload } = row;
      const created = { id, lastId: id, organization, type, payload };
      byPayload.set(payload, [...(byPayload.get(payload) ?? []), created]);
    }
  }
  return { events: [...byPayload.values()].flat(), eventOf: (row) => known(row) as NewEvent };
}

function slices<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += rowsAtOnce) parts.push(items.slice(at, at + rowsAtOnce));
  return parts;
}

function requireFittingPayload(payload: string): void {
  if (Buffer.byteLength(payload) > maxPayloadBytes)
    throw new RangeError(`a payload is larger than ${maxPayloadBytes} bytes`);
}

/** Rejects values that exceed their columns. */
function requireFitting({ organization, endpoint, type }: NewDelivery): void {
  const texts = { organization, kind: endpoint.kind, endpoint: endpoint.id, type };
  for (const [name, limit] of Object.entries(maxLengths)) {
    const text = texts[name as keyof typeof texts];
    if (text.length > limit && [...text].length > limit)
      throw new RangeError(`the ${name} of a delivery is longer than ${limit} characters`);
  }
}
