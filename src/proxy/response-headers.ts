import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { hopByHop, namedByConnection } from './hop-by-hop.ts';

/** The gateway's own on an answer; an upstream's of these names are not passed on where the gateway has set one. */
const maxHeaders = 200;

/**
 * An upstream's headers for the client, in place on `res`. Whatever the gateway has already set wins. Returns false when
 * there are too many to be an honest answer.
 */
export function copyResponseHeaders(headers: IncomingHttpHeaders, res: ServerResponse): boolean {
  const named = namedByConnection(headers.connection);
  let count = 0;
  for (const name in headers) {
    count += 1;
    if (hopByHop.has(name) || named?.has(name) || res.hasHeader(name)) continue;
    const value = headers[name];
    if (value !== undefined) res.setHeader(name, value);
  }
  return count <= maxHeaders;
}
