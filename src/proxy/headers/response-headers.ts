import type { IncomingHttpHeaders } from 'node:http';
import type { Call } from '../../gateway/call/target.ts';
import { mergeVary } from '../../gateway/call/vary.ts';
import { isHopByHop, namedByConnection } from './hop-by-hop.ts';

/** The parts of a call that its response depends on. */
export type Answered = Pick<Call, 'headers' | 'cors' | 'vary' | 'match'>;

const maxHeaders = 200;

/**
 * Whether a response with these headers can be forwarded: at most 200 headers, and no transfer coding other than
 * chunked, which would be lost on the way to the client.
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

/** Headers that the gateway may set itself. Its value replaces the upstream's. */
const ours: ReadonlySet<string> = new Set([
  'ratelimit',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-request-id',
]);

const corsPrefix = 'access-control-';

/**
 * Returns the gateway's own headers followed by the upstream's, as alternating names and values. `Content-Length` is
 * the last one: Node encodes a `Content-Disposition` after it once more, and refuses the result.
 */
export function toAnswerHeaders(headers: IncomingHttpHeaders, status: number, call: Answered): string[] {
  const { headers: own, cors } = call;
  let { vary } = call;
  const named = namedByConnection(headers.connection);
  const result = cors && !cors.isPassThrough ? [...own, ...cors.own] : [...own];
  const dropsCors = cors !== undefined && !cors.isPassThrough;
  let length: string | string[] | undefined;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isHopByHop(name) || named?.has(name)) continue;
    if (name === 'content-length') {
      length = value;
      continue;
    }
    if (name === 'vary') {
      vary = mergeVary(vary, String(value));
      continue;
    }
    if (dropsCors && name.startsWith(corsPrefix)) continue;
    if (ours.has(name) && isAmong(own, name)) continue;
    if (name === 'www-authenticate' && !call.match?.isPublic) result.push(name, toBearer(String(value)));
    else if (typeof value === 'string') result.push(name, value);
    else for (const each of value) result.push(name, each);
  }
  if (vary !== '') result.push('Vary', vary);
  if (cors?.listsAll) result.push('Access-Control-Expose-Headers', exposable(headers));
  // RFC 9110 8.6 forbids Content-Length in a 204, and some clients would wait for a body.
  if (length !== undefined && status !== 204) result.push('content-length', String(length));
  return result;
}

/** Schemes for which browsers ask their users, or answer with credentials of the machine. */
const browserSchemes = /(?:^|,)\s*(?:basic|digest|negotiate|ntlm)\b/i;

/**
 * The challenge of a backend behind the gateway's own authentication, without the schemes that browsers act on: a browser
 * would give the credentials to the gateway, and keep them for all targets on this origin.
 */
const toBearer = (challenge: string): string => (browserSchemes.test(challenge) ? 'Bearer' : challenge);

/** Names of all headers of a response that a page may read. */
const exposable = (headers: IncomingHttpHeaders): string =>
  Object.keys(headers)
    .filter((name) => !isHopByHop(name) && !name.startsWith(corsPrefix) && name !== 'set-cookie')
    .join(', ');

function isAmong(own: readonly string[], name: string): boolean {
  for (let index = 0; index < own.length; index += 2) if (own[index]?.toLowerCase() === name) return true;
  return false;
}
