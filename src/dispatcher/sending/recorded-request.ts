import type { RequestRecord } from '../model/delivery.ts';
import type { Redact } from './redaction.ts';
import type { Sendable } from './sender.ts';

const maxUrlLength = 500;
const masked = '********';
/** The values of all other headers may be secrets. */
const shown: ReadonlySet<string> = new Set([
  'content-type',
  'user-agent',
  'accept-encoding',
  'traceparent',
  'webhook-signature',
]);
/** They follow from the attempt: `withDerivedHeaders` adds them. */
const derived: ReadonlySet<string> = new Set(['webhook-id', 'webhook-timestamp', 'webhook-attempt']);

/** The request for the record: its URL without query and credentials, and its headers with masked values. */
export function recordRequest({ address, headers }: Sendable, redact: Redact): RequestRecord {
  const { origin, path } = address;
  const query = path.indexOf('?');
  const url = redact(origin + (query === -1 ? path : path.slice(0, query)));
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !derived.has(name)) kept[name] = shown.has(name) ? value : masked;
  }
  return { url: url.slice(0, maxUrlLength), headers: JSON.stringify(kept) };
}

/** All headers of an attempt, from the recorded ones. `startedAt` in microseconds. */
export const withDerivedHeaders = (
  recorded: Record<string, string>,
  { deliveryId, number, startedAt }: { deliveryId: string; number: number; startedAt: number },
): Record<string, string> => ({
  ...recorded,
  'webhook-id': deliveryId,
  'webhook-timestamp': String(Math.floor(startedAt / 1_000_000)),
  'webhook-attempt': String(number),
});
