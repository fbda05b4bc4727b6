import type { LookedUp } from './endpoint.ts';

export interface AttemptTimes {
  leaseMicros: number;
  /** Longest possible duration of an attempt with the usual read timeout. */
  attemptMicros: number;
  /** Usual read timeout. */
  readTimeoutMs: number;
}

const shortestTimeoutMs = 100;
export const longestTimeoutMs = 10_000;
/** Part of a lease in which a claimed delivery may wait for its slot. */
const waitMs = 1000;

/**
 * The read timeout of attempts at an endpoint. Its own one is cut to what the lease leaves: an attempt that outlasts its lease
 * may be repeated by another process.
 */
export function readTimeoutOf(endpoint: LookedUp['endpoint'] | undefined, times: AttemptTimes): number {
  const own = endpoint?.state === 'active' ? endpoint.delivery?.timeoutMs : undefined;
  if (own === undefined) return times.readTimeoutMs;
  const otherwiseMs = times.attemptMicros / 1000 - times.readTimeoutMs;
  const leaseLeavesMs = Math.max(times.readTimeoutMs, times.leaseMicros / 1000 - otherwiseMs - waitMs);
  return Math.min(Math.max(own, shortestTimeoutMs), longestTimeoutMs, leaseLeavesMs);
}

/** Longest possible duration of an attempt at an endpoint, in microseconds. */
export const attemptMicrosOf = (endpoint: LookedUp['endpoint'] | undefined, times: AttemptTimes): number =>
  times.attemptMicros + (readTimeoutOf(endpoint, times) - times.readTimeoutMs) * 1000;
