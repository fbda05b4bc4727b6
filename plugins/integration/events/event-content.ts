import { invalidField, payloadTooLarge } from '../../../src/errors.ts';
import { newIdAt, queryOf, queryProblemOf, type TimeFormat } from '../../../src/plugin.ts';
import type { Recipient } from '../distributors/distributor-repository.ts';

export interface EventInput {
  type: string;
  /** An object as JSON text, in the notation of the caller. */
  data: string;
  /** Of the call that causes it. */
  traceparent?: string | undefined;
}

export interface EventContent {
  eventId: string;
  traceparent: string | undefined;
  /** The body of the callbacks. */
  payload: string;
}

export const maxPayloadBytes = 256 * 1024;

/** Gives the event an id. `time` in microseconds. Throws `PAYLOAD_TOO_LARGE`. */
export function toContent({ type, data, traceparent }: EventInput, time: number, formatTime: TimeFormat): EventContent {
  const eventId = newIdAt(time);
  const head = JSON.stringify({ id: eventId, type, timestamp: formatTime(time) });
  const payload = `${head.slice(0, -1)},"data":${data}}`;
  if (Buffer.byteLength(payload) > maxPayloadBytes) throw payloadTooLarge(maxPayloadBytes);
  return { eventId, payload, traceparent };
}

/** Throws `VALIDATION_ERROR` for data that the method of a recipient cannot carry. */
export function checkQueryOf({ method, path }: Recipient, payload: string): void {
  if (path === null || (method !== 'GET' && method !== 'DELETE')) return;
  const found = queryProblemOf(queryOf(payload), path);
  if (found) throw invalidField(found.field === undefined ? 'data' : `data.${found.field}`, found.problem);
}
