import type { GatewayErrorCode } from './gateway-api.ts';

/** Codes of errors that the client itself finds. */
export type ClientErrorCode =
  | 'NETWORK_ERROR'
  | 'REDIRECTED'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'INVALID_ARGUMENT'
  | 'TOKEN_UNAVAILABLE'
  | 'INVALID_RESPONSE'
  | 'RESPONSE_TOO_LARGE'
  | 'PAGING_LOOP'
  | 'WEBHOOK_HEADERS_INVALID'
  | 'WEBHOOK_TIMESTAMP_REFUSED'
  | 'WEBHOOK_SIGNATURE_INVALID';

/** A code of the client, of the gateway (docs/errors.md), of its `/v1` calls, or of a plugin. */
export type HookgateErrorCode =
  | ClientErrorCode
  | GatewayErrorCode
  | 'mint.resourceDoesNotExist'
  | 'mint.validationError'
  | (string & Record<never, never>);

export interface HookgateErrorFacts {
  status?: number;
  /** Members of the error: `fields` of a validation error, `contexts` of a `/v1` call, and others. */
  details?: Readonly<Record<string, unknown>>;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** Every failure of the client: error responses in both formats, lost connections, time limits, refused callbacks. */
export class HookgateError extends Error {
  override readonly name = 'HookgateError';
  /** For programs; stable. */
  readonly code: HookgateErrorCode;
  /** The HTTP status, or 0 without a complete response. */
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  /** The id under which the gateway's log has the cause. */
  readonly requestId: string | undefined;
  /** Seconds after which the gateway expects the call again. */
  readonly retryAfter: number | undefined;
  /** Headers of the response about the failure: limits, permitted methods, expected credentials. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: HookgateErrorCode, message: string, facts: HookgateErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.status = facts.status ?? 0;
    this.details = facts.details ?? {};
    this.requestId = facts.requestId;
    this.retryAfter = facts.retryAfter;
    this.headers = facts.headers ?? {};
  }
}

/** Whether a caught value is a `HookgateError`, also one of another copy of this module. */
export const isHookgateError = (value: unknown): value is HookgateError =>
  isObject(value) &&
  value.name === 'HookgateError' &&
  typeof value.code === 'string' &&
  typeof value.status === 'number';

export const invalidArgument = (message: string): HookgateError => new HookgateError('INVALID_ARGUMENT', message);

const shownHeaders = ['allow', 'ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-request-id'];

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

const redirects = new Set([301, 302, 303, 307, 308]);

/** The error of a response that is not 2xx. `body` is its text, `now` in milliseconds since 1970. */
export function errorOfResponse(response: Response, body: string, now: number): HookgateError {
  const { status, type } = response;
  // Browsers hide the status and the headers of a redirect.
  if (type === 'opaqueredirect' || redirects.has(status))
    return new HookgateError(
      'REDIRECTED',
      `The gateway answered with a redirect${status ? ` (${status})` : ''}, which the client does not follow: check url.`,
      factsOf(response, now),
    );
  const { error, ...flat } = parseObject(body);
  const { code, message, details, request_id: requestId, contexts } = isObject(error) ? error : (flat as Json);
  const facts = factsOf(response, now);
  return new HookgateError(
    textOr(code, 'INVALID_RESPONSE'),
    textOr(message, `The response has status ${status} and no error in the gateway's format.`),
    {
      ...facts,
      details: isObject(details) ? details : contexts === undefined ? {} : { contexts },
      requestId: facts.requestId ?? (typeof requestId === 'string' ? requestId : undefined),
    },
  );
}

/**
 * Whether the gateway itself refused the credentials, so that the call reached no target. A backend's own 401 has another
 * challenge, code or format, or lacks the gateway's id of the request. `body` is the text of the response.
 */
export function isRefusal({ status, headers }: Response, body: string): boolean {
  if (status !== 401 || !headers.get('www-authenticate')?.startsWith('Bearer error="invalid_token"')) return false;
  const { error, code } = parseObject(body);
  if (!isObject(error)) return code === 'mint.unauthorized';
  return error.code === 'UNAUTHORIZED' && error.request_id === headers.get('x-request-id');
}

/** Status and headers of a response, as members of its error. */
export function factsOf({ status, headers }: Response, now = Date.now()) {
  const shown = shownHeaders.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    status,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfter: secondsOfRetryAfter(headers.get('retry-after'), now),
    headers: Object.fromEntries(shown),
  } satisfies HookgateErrorFacts;
}

function parseObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Seconds of `Retry-After`, given as seconds or as a date; undefined if it is missing or neither. */
export function secondsOfRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,10}$/.test(value)) return Number(value);
  const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
