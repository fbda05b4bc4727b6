import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from '../../database/database.ts';
import { parseTraceparent } from '../../traceparent.ts';
import type { EnqueuedEvent, NewDelivery } from '../model/delivery.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { type DeduplicationKey, keyName, takeKeys } from './deduplication-keys.ts';
import { insertDeliveryRows, insertQueueRows, type NewDeliveryRow, type OpenDelivery } from './delivery-rows.ts';
import { createEventRepository, type NewEvent } from './event-repository.ts';
import { firstIdAt, newIdAt, timeOfId } from './id-times.ts';
import { appendToOrder, type OrderedDelivery } from './order-repository.ts';

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
  leaseFor(delivery: NewDelivery & { id: string; createdAt: number }): Lease | undefined;
  /** Keys of the endpoints whose rows wait for a claim. */
  readonly left: ReadonlySet<number>;
}

const maxPayloadBytes = 256 * 1024;
/** Lengths of the columns, in characters. */
const maxLengths = { organization: 100, kind: 64, endpoint: 64, type: 128 } as const;
const uuidv7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
/** Rows of one INSERT. */
const rowsAtOnce = 250;

/**
 * Stores deliveries with their queue rows, and the payload of each event once. A delivery whose deduplication key is
 * already known is not stored again and gets the id of the first one. `now` in microseconds. Throws `RangeError` for a
 * payload over 256 KiB, a name that is longer than its column, an event id that is no UUID of version 7, an invalid
 * traceparent, or a key over 190 characters or with a space at its end.
 */
export async function insertDeliveries(
  trx: Knex,
  deliveries: readonly NewDelivery[],
  now: number,
  leases: DirectLeases,
): Promise<Accepted[]> {
  for (const payload of new Set(deliveries.map(({ payload }) => payload))) requireFittingPayload(payload);
  for (const delivery of deliveries) requireFitting(delivery);
  const rows: Identified[] = [];
  for (const delivery of deliveries) rows.push({ ...delivery, id: newIdAfter(now, delivery.eventId, rows.at(-1)?.id) });
  if (rows.length > rowsAtOnce) await nextTurn();
  const taken = await takeKeys(trx, rows.flatMap(toDeduplicationKey));
  const idOf = ({ organization, onceKey, id }: Identified): string =>
    onceKey === undefined ? id : (taken.get(keyName(organization, onceKey)) ?? id);
  const fresh = rows.filter((row) => idOf(row) === row.id);
  await insertFresh(trx, fresh, now, leases);
  return rows.map((row) => ({ id: idOf(row), endpoint: row.endpoint }));
}

/** Stores an event without deliveries. `now` in microseconds. Throws `RangeError` as `insertDeliveries` does. */
export async function insertEvent(trx: Knex, event: EnqueuedEvent, now: number): Promise<void> {
  const { id, traceparent } = event;
  requireFittingPayload(event.payload);
  requireFitting({ ...event, eventId: id, endpoint: { kind: '', id: '' } });
  await createEventRepository(trx).insert([{ ...event, traceparent, lastId: id }], now);
}

type Identified = NewDelivery & { id: string };

/**
 * An event's id has to be the smallest of its range: the ids of its deliveries are greater, also after a step of the clock. The ids
 * of one call ascend, and with them the ids of its events: ids of one millisecond are in no order of their own.
 */
function newIdAfter(now: number, eventId = '', previous = ''): string {
  const drawn = newIdAt(now);
  const id = drawn > previous ? drawn : followingId(previous, drawn);
  return id > eventId ? id : atNextMillisecond(eventId, id);
}

/** The id with the next value of its last 48 bits, which are random, or of its time. */
function followingId(id: string, drawn: string): string {
  const last = Number.parseInt(id.slice(24), 16) + 1;
  return last < 2 ** 48 ? `${id.slice(0, 24)}${last.toString(16).padStart(12, '0')}` : atNextMillisecond(id, drawn);
}

function atNextMillisecond(id: string, drawn: string): string {
  return `${firstIdAt(timeOfId(id) + 1000).slice(0, 13)}${drawn.slice(13)}`;
}

const toDeduplicationKey = ({ organization, onceKey, id }: Identified): DeduplicationKey[] =>
  onceKey === undefined ? [] : [{ organization, onceKey, deliveryId: id }];

async function insertFresh(trx: Knex, rows: readonly Identified[], now: number, leases: DirectLeases): Promise<void> {
  const { events, eventOf } = toEvents(rows);
  const repository = createEventRepository(trx);
  const toNew = (row: Identified): NewDeliveryRow => ({
    id: row.id,
    eventId: eventOf(row).id,
    organization: row.organization,
    endpoint: row.endpoint,
    type: row.type,
    createdAt: now,
  });
  const toOpen = (row: Identified): OpenDelivery => ({
    ...toNew(row),
    lease: leases.leaseFor({ ...row, createdAt: now }),
  });
  const eventSlices = slices(events);
  for (const [index, slice] of slices(rows).entries()) {
    // The event loop turns before each slice: other calls need not wait for a large fan-out.
    if (rows.length > rowsAtOnce) await nextTurn();
    // Each statement is built while the server runs the previous one. There are never more events than deliveries.
    const stored = repository.insert(eventSlices[index] ?? [], now);
    await Promise.all([
      stored,
      insertDeliveryRows(trx, slice.map(toNew)),
      appendToOrder(trx, slice.flatMap(toOrdered)),
      // A lease takes a slot until the commit, and so as late as possible.
      stored.then(() => insertQueueRows(trx, slice.map(toOpen))),
    ]);
  }
}

const toOrdered = ({ id, endpoint, ordered }: Identified): OrderedDelivery[] =>
  ordered ? [{ endpointKey: endpointKey(endpoint), deliveryId: id }] : [];

/** Deliveries of the same organization, type, payload and trace share an event. */
function toEvents(rows: readonly Identified[]): { events: NewEvent[]; eventOf: (row: Identified) => NewEvent } {
  const byPayload = new Map<string, NewEvent[]>();
  const known = ({ organization, type, payload, traceparent }: Identified): NewEvent | undefined =>
    byPayload
      .get(payload)
      ?.find(
        (event) => event.organization === organization && event.type === type && event.traceparent === traceparent,
      );
  // A given id is smaller than the ids of the deliveries.
  for (const row of rows) {
    const event = known(row);
    if (event) {
      if (row.id < event.id) event.id = row.id;
      if (row.id > event.lastId) event.lastId = row.id;
    } else {
      const { id, eventId = id, organization, type, payload, traceparent } = row;
      const created = { id: eventId, lastId: id, organization, type, payload, traceparent };
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
function requireFitting({ organization, endpoint, type, eventId, traceparent }: NewDelivery): void {
  if (eventId !== undefined && !uuidv7.test(eventId))
    throw new RangeError('the id of an event is not a UUID of version 7');
  if (traceparent !== undefined && !parseTraceparent(traceparent)) throw new RangeError('a traceparent is not valid');
  const texts = { organization, kind: endpoint.kind, endpoint: endpoint.id, type };
  for (const [name, limit] of Object.entries(maxLengths)) {
    const text = texts[name as keyof typeof texts];
    if (text.length > limit && [...text].length > limit)
      throw new RangeError(`the ${name} of a delivery is longer than ${limit} characters`);
  }
}
