import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { hopByHop, namedByConnection } from './hop-by-hop.ts';

const maxHeaders = 200;

/**
 * Puts an upstream's headers on the client's answer; what the gateway has already set there wins. Returns false when there are
 * too many to be an honest answer.
 */
export function copyResponseHeaders(headers: IncomingHttpHeaders, status: number, res: ServerResponse): boolean {
  const named = namedByConnection(headers.connection);
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    count += Array.isArray(value) ? value.length : 1;
    if (value === undefined || hopByHop.has(name) || named?.has(name)) continue;
    // A length where there is no body would have some clients wait for one.
    if (status === 204 && name === 'content-length') continue;
    if (!res.hasHeader(name)) res.setHeader(name, value);
    else if (name === 'vary') res.setHeader(name, [res.getHeader(name), value].flat().join(', '));
  }
  return count <= maxHeaders;
}
