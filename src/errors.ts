import { ApiError, type ErrorOptions, isApiError, isNamed } from './api-error.ts';

export { ApiError, type ErrorOptions, isApiError, isNamed, readApiError } from './api-error.ts';

/** Every error code of the gateway itself, with its HTTP status. A test compares this list with `docs/errors.md`. */
export const errorCatalogue = {
  VALIDATION_ERROR: 400,
  MALFORMED_JSON: 400,
  TARGET_REQUIRED: 400,
  ORGANIZATION_REQUIRED: 400,
  DUPLICATE_HEADER: 400,
  BAD_REQUEST_TARGET: 400,
  BAD_REQUEST: 400,
  UPGRADE_REFUSED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  TARGET_UNKNOWN: 404,
  NOT_SERVED_HERE: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  IDEMPOTENCY_KEY_IN_USE: 409,
  DISTRIBUTOR_HAS_NO_WEBHOOK: 409,
  DELIVERY_IN_FLIGHT: 409,
  DELIVERY_HELD: 409,
  DELIVERY_SETTLED: 409,
  ENDPOINT_GONE: 409,
  LIMIT_REACHED: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL_ERROR: 500,
  UPSTREAM_UNREACHABLE: 502,
  UPSTREAM_INVALID: 502,
  OVERLOADED: 503,
  PAGES_UNAVAILABLE: 503,
  DATABASE_UNAVAILABLE: 503,
  STORAGE_UNAVAILABLE: 503,
  ISSUER_UNAVAILABLE: 503,
  UPSTREAM_CIRCUIT_OPEN: 503,
  TARGET_BUSY: 503,
  UPSTREAM_TIMEOUT: 504,
  HANDLER_TIMEOUT: 504,
  QUERY_TIMEOUT: 504,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorCatalogue;

function catalogued(code: ErrorCode, message: string, options?: ErrorOptions): ApiError {
  return new ApiError(errorCatalogue[code], code, message, options);
}

export interface FieldProblem {
  /** Dotted path of the field, e.g. `meta.authentication.type`. */
  path: string;
  message: string;
  in: 'body' | 'path' | 'query' | 'header';
}

/** 400 that lists every invalid field, not only the first. */
export const validationError = (fields: FieldProblem[]): ApiError =>
  catalogued('VALIDATION_ERROR', 'The request does not match the schema of this call.', { details: { fields } });

/** 400 about one field, of the body where no other place is given, for rules that a schema cannot express. */
export const invalidField = (path: string, message: string, place: FieldProblem['in'] = 'body'): ApiError =>
  validationError([{ path, message, in: place }]);

/** An error with a code of the catalogue, usually 400. */
export const badRequest = (code: ErrorCode, message: string, details: Record<string, unknown> = {}): ApiError =>
  catalogued(code, message, { details });

/**
 * 400 for a request whose framing is ambiguous, and the end of its connection: a proxy in front may place the end of
 * the message elsewhere, so the bytes that follow are not to be trusted (request smuggling).
 */
export const badFraming = (message: string): ApiError =>
  catalogued('BAD_REQUEST', message, { headers: { Connection: 'close' } });

/** 401. The response never varies with the cause; `reason` goes to the log. */
export const unauthorized = (reason: string): ApiError =>
  catalogued('UNAUTHORIZED', 'Valid credentials are required.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    reason,
  });

/** 403. `missing`: the scopes that the caller lacks. */
export const forbidden = (missing: string[]): ApiError =>
  catalogued('FORBIDDEN', 'The credentials lack a scope that this call requires.', {
    details: { missing_scopes: missing },
  });

export const upgradeRefused = (): ApiError =>
  catalogued('UPGRADE_REFUSED', 'This target does not accept WebSockets or other upgrades.');

/** 403 for a call that a page of another origin has caused. `reason` goes to the log. */
export const originRefused = (reason: string): ApiError =>
  catalogued('ORIGIN_REFUSED', 'Pages of this origin may not send this request.', { reason });

/** 404. `message` names the missing resource, e.g. "There is no such note." */
export const notFound = (message = 'No such route.', details: Record<string, unknown> = {}): ApiError =>
  catalogued('NOT_FOUND', message, { details });

export const targetUnknown = (): ApiError =>
  catalogued('TARGET_UNKNOWN', 'The header X-Target-Server names an unknown target.');

export const notServedHere = (): ApiError =>
  catalogued('NOT_SERVED_HERE', 'This process only delivers callbacks. Send the request to a gateway process.');

/** 405. `allowed`: the methods for the header `Allow`. */
export const methodNotAllowed = (allowed: string[]): ApiError =>
  catalogued('METHOD_NOT_ALLOWED', 'This path supports only the methods in the header Allow.', {
    headers: { Allow: allowed.join(', ') },
  });

/** 409 with a specific code, e.g. `conflict('NAME_TAKEN', '…')`. */
export const conflict = (code: string, message: string): ApiError => new ApiError(409, code, message);

/** 409: the organization has as many resources of a kind as a setting allows. */
export const limitReached = (resources: string, limit: number): ApiError =>
  catalogued('LIMIT_REACHED', `The organization has reached its limit of ${limit} ${resources}.`, {
    details: { resources, limit },
  });

/** 408, and the end of the connection: the rest of the request may still arrive on it. */
export const requestTimeout = (reason: string): ApiError =>
  catalogued('REQUEST_TIMEOUT', 'The request took too long to arrive.', { headers: { Connection: 'close' }, reason });

/** 412: the resource is not the one that the caller has read. */
export const preconditionFailed = (): ApiError =>
  catalogued('PRECONDITION_FAILED', 'The resource has changed: If-Match has not its current ETag. Read it again.');

/** 413, and the end of the connection: the rest of the body is not read. */
export const payloadTooLarge = (limitBytes: number): ApiError =>
  catalogued('PAYLOAD_TOO_LARGE', `The body is larger than ${limitBytes} bytes.`, { headers: { Connection: 'close' } });

export const unsupportedMediaType = (message: string): ApiError => catalogued('UNSUPPORTED_MEDIA_TYPE', message);

/** 429. `retryAfterSeconds`: whole seconds for the header `Retry-After`. */
export const rateLimited = (retryAfterSeconds: number): ApiError =>
  catalogued('RATE_LIMITED', 'Too many requests. The header Retry-After says how many seconds to wait.', {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });

export const headersTooLarge = (): ApiError =>
  catalogued('HEADERS_TOO_LARGE', 'The request has too many headers, or they are too large.', {
    headers: { Connection: 'close' },
  });

/** 503 with `Retry-After`, and the end of the connection: no memory is left for what clients send and do not read. */
export const overloaded = (): ApiError =>
  catalogued('OVERLOADED', 'The gateway buffers too much for slow clients at the moment.', {
    headers: { 'Retry-After': '1', Connection: 'close' },
  });

/** 503: the folder of a plugin's pages is missing or cannot be served. `reason` goes to the log. */
export const pagesUnavailable = (reason: string): ApiError =>
  catalogued('PAGES_UNAVAILABLE', 'These pages are not installed. The log of the gateway names the remedy.', {
    reason,
  });

/** 503 with `Retry-After`. `reason` goes to the log. */
export const databaseUnavailable = (reason: string): ApiError =>
  catalogued('DATABASE_UNAVAILABLE', 'The database cannot be reached at the moment.', {
    headers: { 'Retry-After': '1' },
    reason,
  });

/** 503 with `Retry-After`: the database answers, but takes no data. `reason` goes to the log. */
export const storageUnavailable = (reason: string): ApiError =>
  catalogued('STORAGE_UNAVAILABLE', "The gateway's own storage is full or cannot be written at the moment.", {
    headers: { 'Retry-After': '10' },
    reason,
  });

/** Whether the database is away or takes no data. The log names such an outage in one place. */
export const isOutage = (error: unknown): error is ApiError =>
  isStorageOutage(error) || (isApiError(error) && error.code === 'DATABASE_UNAVAILABLE');

export const isStorageOutage = (error: unknown): error is ApiError =>
  isApiError(error) && error.code === 'STORAGE_UNAVAILABLE';

/** 503 with `Retry-After`: the key set of a token's issuer cannot be fetched. `reason` goes to the log. */
export const issuerUnavailable = (reason: string): ApiError =>
  catalogued('ISSUER_UNAVAILABLE', "The token's issuer cannot be reached at the moment.", {
    headers: { 'Retry-After': '5' },
    reason,
  });

/** 502: no connection to the upstream, or a connection that ended before the response. */
export const upstreamUnreachable = (reason: string): ApiError =>
  catalogued('UPSTREAM_UNREACHABLE', 'The target cannot be reached at the moment.', { reason });

/** 502: the upstream's response is not valid HTTP, or cannot be forwarded. */
export const upstreamInvalid = (reason: string): ApiError =>
  catalogued('UPSTREAM_INVALID', 'The target returned a response that cannot be forwarded.', { reason });

/** 503: the circuit breakers of all upstreams are open, and no request was sent. */
export const upstreamCircuitOpen = (retryAfterSeconds: number): ApiError =>
  catalogued('UPSTREAM_CIRCUIT_OPEN', 'The target has failed repeatedly. Requests to it are paused.', {
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });

/** 503 with `Retry-After`: no connection to the upstream is free for this caller, and no request was sent. */
export const targetBusy = (reason: string): ApiError =>
  catalogued('TARGET_BUSY', 'The target has too many calls in progress, or too many of this caller.', {
    headers: { 'Retry-After': '1' },
    reason,
  });

/** 504 of a remote target. */
export const upstreamTimeout = (reason: string): ApiError =>
  catalogued('UPSTREAM_TIMEOUT', 'The target took too long to answer.', { reason });

/** 504 of a plugin's route whose handler has not answered within `timeoutMs`. */
export const handlerTimeout = (): ApiError => catalogued('HANDLER_TIMEOUT', 'The target took too long to answer.');

/** 504: the database has ended a read after its limit. */
export const queryTimeout = (): ApiError =>
  catalogued('QUERY_TIMEOUT', 'The query took the database too long. Narrow it by further conditions.');

/** 500 for any unexpected error. The log has its cause, under the request id. */
export const internalError = (): ApiError =>
  catalogued('INTERNAL_ERROR', 'The gateway failed to process the request. Report the request id.');

/** Aborts the start or a command. `message` is printed for the operator; it never reaches a caller. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

/** Whether `value` is a `StartError`, of this class or of a copy in a plugin's package. */
export const isStartError = (value: unknown): value is StartError => isNamed(value, 'StartError');

/** The stack of an error in a plugin's own code: its author needs the place. For any other thrown value, words on it. */
export const stackOf = (error: unknown): string =>
  Error.isError(error) ? String(error.stack ?? error.message) : `it threw ${describeThrown(error)}`;

const longestThrown = 300;

/** A thrown value that is no error, in a few words: an object by the names of its members alone, since values may be secret. */
export function describeThrown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value).slice(0, longestThrown);
  return `an object with the members ${Object.keys(value).join(', ') || '(none)'}`.slice(0, longestThrown);
}
