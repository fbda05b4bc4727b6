import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { putHeaders } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import { mergeVary } from '../call/vary.ts';
import { weightsIn } from './weights.ts';

type Coding = 'br' | 'gzip' | 'identity';

interface Form {
  readonly bytes: Buffer;
  /** Strong: each coding has its own. */
  readonly etag: string;
}

/** Content that is compressed once and sent many times. */
export interface PreparedContent {
  readonly type: string;
  /** A compressed form is there only if it is smaller. */
  readonly forms: Readonly<{ identity: Form } & Partial<Record<Coding, Form>>>;
}

/** Compressed forms of content that exist already. */
export type Compressed = Readonly<Partial<Record<'br' | 'gzip', Buffer>>>;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
/** Of the eleven levels of Brotli the highest two take many times as long, for a few percent. */
const brotliLevel = 9;
/** Types whose content does not become smaller. */
const isCompressed = /^(?:image\/(?!svg|x-icon|bmp)|font\/woff|audio\/|video\/)/;
/** Larger content is sent at the pace of its reader: waiting bytes count against the budget of all clients. */
const pieceBytes = 64 * 1024;

/** Compresses content outside the event loop, unless it is compressed by itself or `known` has its forms. */
export async function prepareContent(type: string, bytes: Buffer, known: Compressed = {}): Promise<PreparedContent> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliLevel };
  const [br, zipped] = isCompressed.test(type)
    ? []
    : await Promise.all([known.br ?? toBrotli(bytes, { params }), known.gzip ?? toGzip(bytes, { level: 9 })]);
  const name = hash('sha256', bytes, 'base64url');
  const formOf = (coding: Coding, form: Buffer | undefined) =>
    form && form.length < bytes.length ? { [coding]: { bytes: form, etag: `"${name}-${coding}"` } } : {};
  return {
    type,
    forms: { identity: { bytes, etag: `"${name}"` }, ...formOf('gzip', zipped), ...formOf('br', br) },
  };
}

/** Sends content in the best coding that the client takes, or 304 if it has that form already. */
export async function sendPrepared(
  call: Call,
  { type, forms }: PreparedContent,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { req, res } = call;
  const { coding, form } = formFor(String(req.headers['accept-encoding'] ?? ''), forms);
  const { bytes, etag } = form;
  call.vary = mergeVary(call.vary, 'Accept-Encoding');
  putHeaders(call);
  const known = { ...headers, ETag: etag };
  if (isKnown(req.headers['if-none-match'], etag)) {
    res.writeHead(304, known).end();
    return;
  }
  const length = String(bytes.length);
  const encoding = coding === 'identity' ? {} : { 'Content-Encoding': coding };
  res.writeHead(200, { ...known, 'Content-Type': type, ...encoding, 'Content-Length': length });
  if (req.method === 'HEAD') res.end();
  else if (bytes.length <= pieceBytes) res.end(bytes);
  else await pipeline(Readable.from(piecesOf(bytes)), res);
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
}

/** Keeps the result of `make` for each key; a failed one is made again. */
export function createMemory<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key, make) => {
    let result = known.get(key);
    if (!result) {
      result = make();
      known.set(key, result);
      result.catch(() => known.delete(key));
    }
    return result;
  };
}

/** The form whose coding has the highest weight in `Accept-Encoding`; of equal ones the smaller one. */
function formFor(accepted: string, forms: PreparedContent['forms']): { coding: Coding; form: Form } {
  const weights = weightsIn(accepted);
  const weightOf = (coding: Coding): number => (forms[coding] ? (weights.get(coding) ?? weights.get('*') ?? 0) : 0);
  const [br, zipped] = [weightOf('br'), weightOf('gzip')];
  if (forms.br && br > 0 && br >= zipped) return { coding: 'br', form: forms.br };
  if (forms.gzip && zipped > 0) return { coding: 'gzip', form: forms.gzip };
  return { coding: 'identity', form: forms.identity };
}

/** `If-None-Match` compares weakly (RFC 9110 13.1.2): proxies may have weakened the tag. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
