import type { IncomingHttpHeaders } from 'node:http';
import { isHopByHop, namedByConnection } from './hop-by-hop.ts';

const maxHeaders = 200;

/**
 * Whether a client may be given an answer with these headers: not too many of them, and no encoding of the transfer that would
 * be lost on the way to it.
 */
export function isHonest(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && String(encoding).toLowerCase() !== 'chunked') return false;
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    count += Array.isArray(value) ? value.length : 1;
  }
  return count <= maxHeaders;
}

/** What the gateway may say itself; an upstream's of these names gives way where it does. */
const ours: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-expose-headers',
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-request-id',
]);

/** An upstream's headers for the client behind `own` ones, as names and values in turns. */
export function toAnswerHeaders(headers: IncomingHttpHeaders, status: number, own: readonly string[]): string[] {
  const named = namedByConnection(headers.connection);
  const result = [...own];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isHopByHop(name) || named?.has(name)) continue;
    // A length where there is no body would have some clients wait for one.
    if (status === 204 && name === 'content-length') continue;
    if (ours.has(name) && isAmong(own, name)) continue;
    if (typeof value === 'string') result.push(name, value);
    else for (const each of value) result.push(name, each);
  }
  return result;
}

function isAmong(own: readonly string[], name: string): boolean {
  for (let index = 0; index < own.length; index += 2) if (own[index]?.toLowerCase() === name) return true;
  return false;
}
