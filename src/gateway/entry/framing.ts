import type { IncomingMessage } from 'node:http';
import { badFraming, badRequest, headersTooLarge } from '../../errors.ts';
import type { Call } from '../call/target.ts';

/** Headers of which a second one would let two readers of the same request see two different requests. */
const singleHeaders = [
  'host',
  'authorization',
  'x-target-server',
  'content-type',
  'idempotency-key',
  'x-organization',
  'content-length',
];
const bitOf = new Map(singleHeaders.map((name, index) => [name, 1 << index]));

const maxHeaders = 100;

// Dot segments, plain or encoded, also with parameters (`/..;a=b/`), which some servers take off first; encoded slashes;
// backslashes, plain or encoded; encoded NUL. A backend might read them differently from the path that was authorised.
const ambiguousPath = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|;|%3b|$)|%2f|%5c|\\|%00/i;
/** A fragment is not for servers, and those that get one do not agree on where the path ends. */
const printableAscii = /^[\x21\x22\x24-\x7e]*$/;
const brokenPercent = /%(?![0-9a-f]{2})/i;
/** What `Host` may hold: a name or an address, and a port. Some backends make links of it. */
export const hostAndPort = /^(?:[\w.~%-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/** Refuses requests that could be read in more than one way. */
export function checkFraming(call: Call): void {
  const { req, path } = call;
  if (path === '*' && req.method === 'OPTIONS') throw badRequest('BAD_REQUEST_TARGET', 'OPTIONS * is not answered.');
  if (!path.startsWith('/')) throw badRequest('BAD_REQUEST_TARGET', 'The request target must be a path.');
  if (!printableAscii.test(req.url ?? ''))
    throw badRequest('BAD_REQUEST_TARGET', 'The request target must be printable ASCII without a fragment.');
  if (path.includes('%') || path.includes('.') || path.includes('\\')) {
    if (ambiguousPath.test(path)) {
      throw badRequest('BAD_REQUEST_TARGET', 'The path must not hold dot segments, encoded slashes or backslashes.');
    }
    if (brokenPercent.test(path)) throw badRequest('BAD_REQUEST_TARGET', 'The path is not valid percent-encoding.');
  }
  checkHeaders(req.rawHeaders);
  checkMessage(req);
}

/** What the parser lets pass, and other readers of the same bytes may take for something else. */
function checkMessage({ httpVersion, headers }: IncomingMessage): void {
  const { host, expect, 'transfer-encoding': encoding } = headers;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw badFraming('The version must be HTTP/1.1 or HTTP/1.0.');
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    throw badFraming('The header Transfer-Encoding may only be chunked, with HTTP/1.1.');
  }
  if (host === undefined && httpVersion === '1.1') throw badRequest('BAD_REQUEST', 'The header Host is missing.');
  if (host !== undefined && !hostAndPort.test(host)) throw badRequest('BAD_REQUEST', 'The header Host is malformed.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw badFraming('The header Expect asks for something unknown.');
  }
}

function checkHeaders(rawHeaders: readonly string[]): void {
  if (rawHeaders.length > maxHeaders * 2) throw headersTooLarge();
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const bit = bitOf.get(name) ?? 0;
    if (seen & bit) {
      throw badRequest('DUPLICATE_HEADER', 'A header that may appear once was sent twice.', { header: name });
    }
    seen |= bit;
  }
}
