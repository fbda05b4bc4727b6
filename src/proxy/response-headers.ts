import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { hopByHop, namedByConnection } from './hop-by-hop.ts';

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

/** Puts an upstream's headers on the client's answer; what the gateway has already set there wins. */
export function copyResponseHeaders(headers: IncomingHttpHeaders, status: number, res: ServerResponse): void {
  const named = namedByConnection(headers.connection);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || hopByHop.has(name) || named?.has(name)) continue;
    // A length where there is no body would have some clients wait for one.
    if (status === 204 && name === 'content-length') continue;
    if (!res.hasHeader(name)) res.setHeader(name, value);
    else if (name === 'vary') res.setHeader(name, [res.getHeader(name), value].flat().join(', '));
  }
}
