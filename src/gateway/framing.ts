import { badRequest, headersTooLarge } from '../errors.ts';
import type { Call } from './call.ts';

/** Headers of which a second one would let two readers of the same request see two different requests. */
const singleHeaders = new Set([
  'host',
  'authorization',
  'x-target-server',
  'content-type',
  'idempotency-key',
  'x-organization',
  'content-length',
]);

const maxHeaders = 100;

// Dot segments, plain or encoded; encoded slashes; backslashes, plain or encoded; encoded NUL. A backend might read them
// differently from the path that was authorised.
const ambiguousPath = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|%2f|%5c|\\|%00/i;
const printableAscii = /^[\x21-\x7e]*$/;
const brokenPercent = /%(?![0-9a-f]{2})/i;

/** Refuses requests that could be read in more than one way. */
export function checkFraming(call: Call): void {
  const { req, path } = call;
  if (path === '*' && req.method === 'OPTIONS') throw badRequest('BAD_REQUEST_TARGET', 'OPTIONS * is not answered.');
  if (!path.startsWith('/')) throw badRequest('BAD_REQUEST_TARGET', 'The request target must be a path.');
  if (!printableAscii.test(req.url ?? ''))
    throw badRequest('BAD_REQUEST_TARGET', 'The request target must be printable ASCII.');
  if (path.includes('%') || path.includes('.') || path.includes('\\')) {
    if (ambiguousPath.test(path)) {
      throw badRequest('BAD_REQUEST_TARGET', 'The path must not hold dot segments, encoded slashes or backslashes.');
    }
    if (brokenPercent.test(path)) throw badRequest('BAD_REQUEST_TARGET', 'The path is not valid percent-encoding.');
  }
  checkHeaders(req.rawHeaders);
  if (req.headers.host === undefined && req.httpVersion !== '1.0') {
    throw badRequest('BAD_REQUEST', 'The header Host is missing.');
  }
  const { expect } = req.headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw badRequest('BAD_REQUEST', 'The header Expect asks for something unknown.');
  }
}

function checkHeaders(rawHeaders: readonly string[]): void {
  if (rawHeaders.length > maxHeaders * 2) throw headersTooLarge();
  let seen = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!singleHeaders.has(name)) continue;
    if (seen.includes(`|${name}|`)) {
      throw badRequest('DUPLICATE_HEADER', 'A header that may appear once was sent twice.', { header: name });
    }
    seen += `|${name}|`;
  }
}
