import { randomUUIDv7 } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { invalidField, payloadTooLarge } from '../../../src/errors.ts';
import { queryOf, type TimeFormat } from '../../../src/plugin.ts';
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
const maxQueryBytes = 8 * 1024;
const withoutBody = new Set(['GET', 'DELETE']);
/** Checked paths between two turns of the event loop. */
const pathsAtOnce = 50;

/** Gives the event an id. `time` in microseconds. Throws `PAYLOAD_TOO_LARGE`. */
export function toContent({ type, data, traceparent }: EventInput, time: number, formatTime: TimeFormat): EventContent {
  const eventId = randomUUIDv7();
  const head = JSON.stringify({ id: eventId, type, timestamp: formatTime(time) });
  const payload = `${head.slice(0, -1)},"data":${data}}`;
  if (Buffer.byteLength(payload) > maxPayloadBytes) throw payloadTooLarge(maxPayloadBytes);
  return { eventId, payload, traceparent };
}

/** Throws `VALIDATION_ERROR` for data that the method of a recipient cannot carry. */
export function checkQueryOf({ method, path }: Recipient, payload: string): void {
  if (method !== null && path !== null && withoutBody.has(method)) checkQuery(queryOf(payload), path);
}

/** Checks every distinct path of the recipients that get the event in a query string. */
export async function checkQueries(payload: string, recipients: readonly Recipient[]): Promise<void> {
  const paths = recipients.flatMap(({ method, path }) =>
    method !== null && path !== null && withoutBody.has(method) ? [path] : [],
  );
  if (paths.length === 0) return;
  const fields = queryOf(payload);
  for (const [index, path] of [...new Set(paths)].entries()) {
    if (index % pathsAtOnce === pathsAtOnce - 1) await nextTurn();
    checkQuery(fields, path);
  }
}

/** Throws `VALIDATION_ERROR` when the fields do not fit into a query string behind the path's own query. */
function checkQuery(fields: readonly (readonly [name: string, value: string])[], path: string): void {
  const { searchParams } = new URL(path, 'http://path.invalid');
  const seen = new Set(searchParams.keys());
  for (const [name, value] of fields) {
    if (seen.has(name))
      throw invalidField(
        `data.${name}`,
        'duplicates a parameter of the query string in which a GET or DELETE carries the event',
      );
    if (!name.isWellFormed() || !value.isWellFormed())
      throw invalidField(`data.${name}`, 'has half of a surrogate pair, which a GET or DELETE cannot carry');
    seen.add(name);
  }
  for (const [name, value] of fields) searchParams.append(name, value);
  const size = Buffer.byteLength(searchParams.toString());
  if (size > maxQueryBytes)
    throw invalidField('data', `results in a query of ${size} bytes; a GET or DELETE carries at most ${maxQueryBytes}`);
}
