import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { hopByHop, namedByConnection } from './hop-by-hop.ts';

const maxHeaders = 200;

/**
 * An upstream's headers for the client, in place on `res`. Whatever the gateway has already set wins. Returns false when
 * there are too many to be an honest answer.
 */
export function copyResponseHeaders(headers: IncomingHttpHeaders, res: ServerResponse): boolean {
  const named = namedByConnection(headers.connection);
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    count += Array.isArray(value) ? value.length : 1;
    if (hopByHop.has(name) || named?.has(name) || res.hasHeader(name)) continue;
    if (value !== undefined) res.setHeader(name, value);
  }
  return count <= maxHeaders;
}
