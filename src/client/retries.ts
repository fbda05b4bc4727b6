import type { HookgateError } from './hookgate-error.ts';

const firstMs = 250;
const longestMs = 8000;
/** A longer `Retry-After` ends the call. */
const longestRetryAfterSeconds = 60;

const repeatableMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

/** Whether a second request with the same effect does no harm. */
export const isRepeatable = (method: string, headers: Headers): boolean =>
  repeatableMethods.has(method) || (method === 'POST' && headers.has('idempotency-key'));

/** Milliseconds before the next attempt, from the number of retries so far; undefined if another attempt is of no use. */
export function delayBeforeRetry(retries: number, error: HookgateError, random = Math.random): number | undefined {
  if (!isPassing(error)) return undefined;
  const longest = Math.min(firstMs * 2 ** retries, longestMs);
  const jittered = (longest * (1 + random())) / 2;
  if (error.retryAfter === undefined) return jittered;
  return error.retryAfter > longestRetryAfterSeconds ? undefined : error.retryAfter * 1000 + random() * firstMs;
}

const passingStatuses = new Set([429, 502, 503, 504]);
const passingCodes = new Set(['NETWORK_ERROR', 'TIMEOUT', 'IDEMPOTENCY_KEY_IN_USE', 'mint.idempotencyKeyInUse']);
/** Repeating the same query would only load the database. */
const lastingCodes = new Set(['QUERY_TIMEOUT', 'mint.queryTimeout']);

/** Whether the same request may succeed later. */
export const isPassing = ({ status, code }: HookgateError): boolean =>
  passingCodes.has(code) || (passingStatuses.has(status) && !lastingCodes.has(code));
