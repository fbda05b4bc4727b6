import { http } from './packages/node-http.ts';

export interface ErrorOptions {
  details?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Written to the log; never part of the response. */
  reason?: string;
}

/** An error whose code, message and details are sent to the caller. Any other thrown value becomes `INTERNAL_ERROR`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly headers: Record<string, string>;
  readonly reason: string | undefined;

  /** `status`: 400–599. `code`: UPPER_SNAKE_CASE. `message`: a sentence for the caller. */
  constructor(status: number, code: string, message: string, options: ErrorOptions = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.details = options.details ?? {};
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

/** The contract's error, or the reason why an error with its name is not one. */
type Reading =
  | { readonly error: ApiError; readonly problem?: never }
  | { readonly error?: never; readonly problem: string };

const maxMessageLength = 8192;
const maxDetailsLength = 262_144;
const maxHeaders = 32;
const maxHeaderLength = 4096;
const maxReasonLength = 1000;

const upperSnake = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** Error shapes of an API family may have codes of their own, such as `mint.resourceDoesNotExist`. */
const anyCode = /^[\w.-]+$/;
const maxCodeLength = 100;

/** Members of an error in the shape of the contract. An HTTP client's error has others, such as `response`, and a text that is not for callers. */
const members = new Set(['name', 'message', 'stack', 'cause', 'status', 'code', 'details', 'headers', 'reason']);

/** The gateway frames its responses; an error must not describe another body. */
const framing = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

class Malformed extends Error {}

/** Whether `value` is an error with this name: of the class, or of a copy of it in a plugin's package. Never throws. */
export function isNamed(value: unknown, name: string): value is Error {
  try {
    return Error.isError(value) && value.name === name && typeof value.message === 'string';
  } catch {
    return false;
  }
}

/**
 * Reads the contract's error from any thrown value, by its shape: packages have copies of the class, or none. Undefined for
 * values that do not claim to be one. The result is checked: it can be sent.
 */
export function readApiError(value: unknown): Reading | undefined {
  const isOwn = value instanceof ApiError;
  if (!isOwn && !isNamed(value, 'ApiError')) return undefined;
  try {
    const read = readMembers(value, isOwn);
    if (isOwn) return { error: value };
    const { status, code, message, ...options } = read;
    return { error: new ApiError(status, code, message, options) };
  } catch (error) {
    return { problem: error instanceof Malformed ? error.message : 'it cannot be read' };
  }
}

/** Whether `value` can be sent to callers as an `ApiError`, of this class or in its shape. Never throws. */
export const isApiError = (value: unknown): value is ApiError => readApiError(value)?.error !== undefined;

function readMembers(value: Error, isOwn: boolean) {
  const {
    status,
    code,
    message,
    details = {},
    headers = {},
    reason,
  } = value as Partial<Record<keyof ApiError, unknown>>;
  if (!isOwn) requireMembersOnly(value);
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    throw new Malformed('status is not an integer from 400 to 599');
  if (typeof code !== 'string' || code.length > maxCodeLength || !(isOwn ? anyCode : upperSnake).test(code))
    throw new Malformed(`code is not UPPER_SNAKE_CASE of at most ${maxCodeLength} characters`);
  if (typeof message !== 'string' || (!isOwn && (message === '' || message.length > maxMessageLength)))
    throw new Malformed(`message is not a text of 1 to ${maxMessageLength} characters`);
  return {
    status,
    code,
    message,
    details: readDetails(details, isOwn),
    headers: readHeaders(headers),
    ...(typeof reason === 'string' ? { reason: reason.slice(0, maxReasonLength) } : {}),
  };
}

function requireMembersOnly(value: Error): void {
  const other = Object.keys(value).find((key) => !members.has(key));
  if (other !== undefined) throw new Malformed(`an ApiError has no member "${other.slice(0, maxCodeLength)}"`);
}

/** Details of the gateway's own errors have no limit: they follow the size of a body, which has one. */
function readDetails(details: unknown, isOwn: boolean): Record<string, unknown> {
  if (!isPlainObject(details)) throw new Malformed('details is not a plain object');
  const text = toJson(details);
  if (!isOwn && text.length > maxDetailsLength)
    throw new Malformed(`details have more than ${maxDetailsLength} characters`);
  return JSON.parse(text) as Record<string, unknown>;
}

function toJson(details: Record<string, unknown>): string {
  try {
    return JSON.stringify(details);
  } catch {
    throw new Malformed('details cannot be written as JSON');
  }
}

function readHeaders(headers: unknown): Record<string, string> {
  if (!isPlainObject(headers)) throw new Malformed('headers is not a plain object');
  const entries = Object.entries(headers);
  if (entries.length > maxHeaders) throw new Malformed(`headers are more than ${maxHeaders}`);
  return Object.fromEntries(entries.map(([name, value]) => [name, readHeader(name, value)]));
}

function readHeader(name: string, value: unknown): string {
  const known = name.toLowerCase();
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > maxHeaderLength || !isHeader(name, text))
    throw new Malformed('a header is not valid');
  const mayClose = known === 'connection' && text === 'close';
  if (known.startsWith('content-') || (framing.has(known) && !mayClose))
    throw new Malformed(`the header ${known} is the gateway's own`);
  return text;
}

function isHeader(name: string, value: string): boolean {
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
