import { HookgateError, invalidArgument } from './hookgate-error.ts';

/** Headers of a request as `Headers`, or as the plain object of Node, Express and others, in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** Largest difference between the callback's time and `now`, in seconds. Default: 300. */
  toleranceSeconds?: number;
  /** Milliseconds since 1970. Default: the present. */
  now?: number;
}

/** A genuine callback. */
export interface VerifiedWebhook<Payload = unknown> {
  /** The delivery's id, the same on every attempt: keep it and drop repeats. */
  readonly id: string;
  /** The time of this attempt. */
  readonly timestamp: Date;
  /** The parsed body; undefined if it is not JSON, as without a body. The signature says nothing about its shape. */
  readonly payload: Payload;
}

const encoder = new TextEncoder();
const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;
/** More signatures than any rotation makes. */
const mostSignatures = 16;

/**
 * Verifies a callback of the gateway (Standard Webhooks). `body` has the raw bytes or text, before any parsing; for callbacks
 * without a body (GET, DELETE) path and query as received. `secrets`: one `whsec_…` or several, one of which has to match.
 * Throws `HookgateError` `WEBHOOK_…` if the callback is not genuine.
 */
export async function verifyWebhook<Payload = unknown>(
  headers: WebhookHeaders,
  body: string | Uint8Array | ArrayBuffer,
  secrets: string | readonly string[],
  options: VerifyWebhookOptions = {},
): Promise<VerifiedWebhook<Payload>> {
  if (!isObject(headers)) throw invalidArgument('headers is no object.');
  if (!isObject(options)) throw invalidArgument('The options are no object.');
  const { toleranceSeconds = 300, now = Date.now() } = options;
  if (typeof toleranceSeconds !== 'number' || !(toleranceSeconds >= 0) || !Number.isFinite(now))
    throw invalidArgument('toleranceSeconds or now is not a number.');
  const content = bytesOf(body);
  const id = headerOf(headers, 'webhook-id', /^[\x21-\x7e]{1,255}$/);
  const timestamp = headerOf(headers, 'webhook-timestamp', /^\d{1,12}$/);
  const given = headerOf(headers, 'webhook-signature', /^[\x20-\x7e]{1,4096}$/).split(' ');
  const signed = join(encoder.encode(`${id}.${timestamp}.`), content);
  const keys = await Promise.all([secrets].flat().map(importSecret));
  if (keys.length === 0) throw invalidArgument('secrets is empty.');
  const signatures = given.slice(0, mostSignatures).flatMap(signatureOf);
  // The comparison of `verify` takes the same time for every signature.
  const checks = keys.flatMap((key) =>
    signatures.map((each) => crypto.subtle.verify(algorithm.name, key, each, signed)),
  );
  if (!(await Promise.all(checks)).includes(true))
    throw new HookgateError('WEBHOOK_SIGNATURE_INVALID', 'No signature of the callback matches a secret.');
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    throw new HookgateError('WEBHOOK_TIMESTAMP_REFUSED', 'The callback is too old, or from the future.');
  return { id, timestamp: new Date(Number(timestamp) * 1000), payload: parse(content) as Payload };
}

/** The value of a header that appears once; lists of signatures are joined. */
function headerOf(headers: WebhookHeaders, name: string, pattern: RegExp): string {
  const all = isFetchHeaders(headers)
    ? [headers.get(name) ?? []].flat()
    : Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? value : []));
  const isComplete = all.length === 1 || name === 'webhook-signature';
  const value = isComplete && all.every((each) => typeof each === 'string') ? all.join(' ') : '';
  if (!pattern.test(value))
    throw new HookgateError('WEBHOOK_HEADERS_INVALID', `The header ${name} is missing, repeated or malformed.`);
  return value;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isFetchHeaders = (headers: WebhookHeaders): headers is Headers => typeof headers.get === 'function';

async function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = typeof secret === 'string' && secret.startsWith('whsec_') ? decodeBase64(secret.slice(6)) : undefined;
  if (!bytes || bytes.length === 0) throw invalidArgument('A secret is not of the form whsec_<base64>.');
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
}

function signatureOf(text: string): Uint8Array<ArrayBuffer>[] {
  const bytes = text.startsWith('v1,') ? decodeBase64(text.slice(3)) : undefined;
  return bytes ? [bytes] : [];
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return encoder.encode(body);
  try {
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    // By its tag: test runners and frames have an ArrayBuffer of their own.
    if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') return new Uint8Array(body as ArrayBuffer);
  } catch {
    // The bytes were transferred elsewhere.
  }
  throw invalidArgument('body is neither text nor bytes: pass the raw body, before any parsing.');
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}

/** JSON, or undefined for path and query and for other text. */
function parse(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}
