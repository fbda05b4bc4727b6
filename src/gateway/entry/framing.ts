import type { IncomingMessage } from 'node:http';
import { badFraming, badRequest, headersTooLarge } from '../../errors.ts';
import type { Call } from '../call/target.ts';

/** Headers that must not be repeated: two parsers of the request could each use a different one. */
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

// Dot segments, plain or encoded, also with parameters (`/..;a=b/`), which some servers strip first; encoded slashes;
// backslashes, plain or encoded; encoded NUL. A backend might resolve them to another path than the authorized one.
const ambiguousPath = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|;|%3b|$)|%2f|%5c|\\|%00/i;
/** Excludes `#`: servers never need a fragment, and disagree on where the path ends if they get one. */
const printableAscii = /^[\x21\x22\x24-\x7e]*$/;
const brokenPercent = /%(?![0-9a-f]{2})/i;
/** Valid values of `Host`: a name or an address, and a port. Strict, because some backends build links from it. */
export const hostAndPort = /^(?:[\w.~%-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/**
 * Refuses requests that can be interpreted in more than one way. Throws `BAD_REQUEST_TARGET`, `BAD_REQUEST`,
 * `DUPLICATE_HEADER` or `HEADERS_TOO_LARGE`.
 */
export function checkFraming(call: Call): void {
  const { req, path } = call;
  if (path === '*' && req.method === 'OPTIONS') throw badRequest('BAD_REQUEST_TARGET', 'OPTIONS * is not supported.');
  if (!path.startsWith('/')) throw badRequest('BAD_REQUEST_TARGET', 'The request target must be a path.');
  if (!printableAscii.test(req.url ?? ''))
    throw badRequest('BAD_REQUEST_TARGET', 'The request target must be printable ASCII without a fragment.');
  if (path.includes('%') || path.includes('.') || path.includes('\\')) {
    if (ambiguousPath.test(path)) {
      throw badRequest('BAD_REQUEST_TARGET', 'The path must not contain dot segments, encoded slashes or backslashes.');
    }
    if (brokenPercent.test(path))
      throw badRequest('BAD_REQUEST_TARGET', 'The path contains an invalid percent-encoding.');
  }
  checkHeaders(req.rawHeaders);
  checkMessage(req);
}

/** Refuses messages that Node's parser accepts and that other parsers may interpret differently. */
function checkMessage({ httpVersion, headers }: IncomingMessage): void {
  const { host, expect, 'transfer-encoding': encoding } = headers;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw badFraming('The version must be HTTP/1.1 or HTTP/1.0.');
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) {
    throw badFraming('The header Transfer-Encoding may only be chunked, with HTTP/1.1.');
  }
  if (host === undefined && httpVersion === '1.1') throw badRequest('BAD_REQUEST', 'The header Host is missing.');
  if (host !== undefined && !hostAndPort.test(host)) throw badRequest('BAD_REQUEST', 'The header Host is malformed.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw badFraming('The header Expect may only be 100-continue.');
  }
}

function checkHeaders(rawHeaders: readonly string[]): void {
  if (rawHeaders.length > maxHeaders * 2) throw headersTooLarge();
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const bit = bitOf.get(name) ?? 0;
    if (seen & bit) {
      throw badRequest('DUPLICATE_HEADER', 'A header that must not be repeated was sent twice.', { header: name });
    }
    seen |= bit;
  }
}
