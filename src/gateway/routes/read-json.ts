import type { IncomingMessage, ServerResponse } from 'node:http';
import getRawBody from 'raw-body';
import { badRequest, payloadTooLarge, unsupportedMediaType } from '../../errors.ts';
import { findJsonError } from './json-syntax.ts';

const maxDepth = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const jsonType = /^application\/json[\t ]*(?:;[\t ]*charset[\t ]*=[\t ]*"?utf-8"?[\t ]*)?$/i;

/**
 * Reads a request's JSON body of at most `limitBytes`; resolves to undefined when there is none. Rejects with
 * `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_JSON`, or `BAD_REQUEST` when the body breaks off.
 */
export async function readJson(req: IncomingMessage, res: ServerResponse, limitBytes: number): Promise<unknown> {
  const {
    'content-length': length,
    'transfer-encoding': transfer,
    'content-type': type,
    'content-encoding': encoding,
  } = req.headers;
  if (transfer === undefined && (length === undefined || length === '0')) return undefined;
  if (!jsonType.test(type ?? '')) throw unsupportedMediaType('The body must be application/json in UTF-8.');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupportedMediaType('Compressed bodies are not accepted.');
  }
  if (Number(length ?? 0) > limitBytes) throw payloadTooLarge(limitBytes);
  continueIfExpected(req, res);
  const bytes = await readBody(req, limitBytes, length);
  return bytes.length === 0 ? undefined : parseJson(bytes);
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
 * Parses untrusted JSON. Throws `MALFORMED_JSON` for malformed text (with its position), for a member `__proto__` at
 * any depth, and for nesting beyond 64 levels.
 */
export function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw badRequest('MALFORMED_JSON', 'The body is not valid UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.', text, findJsonError(text));
  }
  if (typeof value === 'object' && value !== null) checkShape(value);
  return value;
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

function checkShape(root: object): void {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw badRequest('MALFORMED_JSON', `The body is nested deeper than ${maxDepth} levels.`);
    const below: object[] = [];
    for (const node of level) {
      if (Object.hasOwn(node, '__proto__'))
        throw badRequest('MALFORMED_JSON', 'The body must not contain a member named __proto__.');
      for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) below.push(child);
    }
    level = below;
  }
}
