import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import getRawBody from 'raw-body';
import { badRequest, isApiError, payloadTooLarge, unsupportedMediaType } from '../../errors.ts';
import { type JsonPath, maxInexact, scanJson } from './json-source.ts';
import { findJsonError, findRepeatedName } from './json-syntax.ts';
import { refusalOfType } from './media-type.ts';

/** A JSON body, and what its parsed value does not show. */
export interface JsonBody {
  readonly value: unknown;
  /** JSON text of the members that the route takes verbatim, as the caller wrote it. */
  readonly verbatim: Readonly<Record<string, string>>;
  /** Paths of the numbers in other members whose value a double does not hold. */
  readonly inexact: readonly JsonPath[];
}

const maxDepth = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byteOrderMark = '\ufeff';

/**
 * Reads a request's JSON body of at most `limitBytes`; resolves to undefined when there is none. `verbatim`: names of the
 * members whose text the route takes. Rejects with `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_JSON`, or
 * `BAD_REQUEST` when the body breaks off.
 */
export async function readJson(
  req: IncomingMessage,
  res: ServerResponse,
  { limitBytes, verbatim }: { limitBytes: number; verbatim: ReadonlySet<string> },
): Promise<JsonBody | undefined> {
  const { 'content-length': length, 'transfer-encoding': transfer } = req.headers;
  if (transfer === undefined && Number(length ?? 0) === 0) return undefined;
  const refusal = refusalOf(req.headers);
  if (refusal !== undefined) {
    if (await isEmptyAfterAll(req)) return undefined;
    throw unsupportedMediaType(refusal);
  }
  if (Number(length ?? 0) > limitBytes) throw payloadTooLarge(limitBytes);
  continueIfExpected(req, res);
  const bytes = await readBody(req, limitBytes, length);
  return bytes.length === 0 ? undefined : parseJson(bytes, verbatim);
}

/** Reason to answer `UNSUPPORTED_MEDIA_TYPE`. */
function refusalOf(headers: IncomingHttpHeaders): string | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  return (
    refusalOfType(headers['content-type']) ??
    (encoding.toLowerCase() === 'identity' ? undefined : 'Compressed bodies are not accepted.')
  );
}

/** Some clients announce a chunked body for every POST and send none. */
async function isEmptyAfterAll(req: IncomingMessage): Promise<boolean> {
  if (req.headers['transfer-encoding'] === undefined || req.headers.expect !== undefined) return false;
  try {
    await readBody(req, 0, undefined);
    return true;
  } catch (error) {
    if (!isApiError(error) || error.code !== 'PAYLOAD_TOO_LARGE') throw error;
    // The rest is discarded while it arrives, so that the connection can serve the next request.
    req.resume();
    return false;
  }
}

/** Sends `100 Continue` if the client waits for it before sending its body. Call it right before reading the body. */
export function continueIfExpected(req: IncomingMessage, res: ServerResponse): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1' && !res.headersSent) res.writeContinue();
}

async function readBody(req: IncomingMessage, limit: number, length: string | undefined): Promise<Buffer> {
  try {
    return await getRawBody(req, { limit, length: length ?? null });
  } catch (error) {
    const { type } = error as { type?: string };
    if (type === 'entity.too.large') throw payloadTooLarge(limit);
    throw badRequest('BAD_REQUEST', 'The body ended before it was complete.');
  }
}

/**
 * Parses untrusted JSON, after one byte order mark at most. Throws `MALFORMED_JSON` for malformed text and for two members of
 * one name (with the position), for a member `__proto__` at any depth, and for nesting beyond 64 levels.
 */
export function parseJson(bytes: Buffer, verbatim: ReadonlySet<string> = new Set()): JsonBody {
  const whole = decode(bytes);
  const text = whole.startsWith(byteOrderMark) ? whole.slice(1) : whole;
  /** Positions count every character of the body, the byte order mark included. */
  const malformedAt = (message: string, position: number): Error =>
    malformed(message, whole, position + whole.length - text.length);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformedAt('The body is not valid JSON.', findJsonError(text));
  }
  const known = typeof value === 'object' && value !== null ? countMembers(value) : 0;
  const { members, texts, inexact } = scanJson(text, verbatim);
  if (members !== known)
    throw malformedAt('The body has two members of one name in an object.', findRepeatedName(text) ?? 0);
  if (inexact.length > maxInexact)
    throw badRequest('MALFORMED_JSON', `The body has over ${maxInexact} numbers that a double does not hold.`);
  return { value, verbatim: texts, inexact };
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('MALFORMED_JSON', 'The body is not valid UTF-8.');
  }
}

function malformed(message: string, text: string, position: number): Error {
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return badRequest('MALFORMED_JSON', `${message} Position ${position} (line ${line}, column ${column}).`, {
    position,
    line,
    column,
  });
}

/** Number of the members of all objects. Throws for a member `__proto__` and for nesting that is too deep. */
function countMembers(root: object): number {
  let members = 0;
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw badRequest('MALFORMED_JSON', `The body is nested deeper than ${maxDepth} levels.`);
    const below: object[] = [];
    for (const node of level) {
      if (Object.hasOwn(node, '__proto__'))
        throw badRequest('MALFORMED_JSON', 'The body must not contain a member named __proto__.');
      const values = Object.values(node);
      if (!Array.isArray(node)) members += values.length;
      for (const child of values) if (typeof child === 'object' && child !== null) below.push(child);
    }
    level = below;
  }
  return members;
}
