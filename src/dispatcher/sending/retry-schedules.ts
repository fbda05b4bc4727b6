import type { EndpointKind, ResolvedEndpoint } from '../model/endpoint.ts';
import type { RetrySchedule } from '../model/policy.ts';

export interface RetrySettings {
  maxRetries: number;
  retryIntervalMicros: number;
}

/** Upper bound of a kind's `maxRetries`, as of the setting. */
const mostRetries = 1000;

/**
 * Returns the schedule of an endpoint: its own, else equal intervals. A kind with single attempts keeps them, although its
 * endpoints have a schedule: its deliveries are tests of endpoints of another kind.
 */
export function createRetrySchedules({ maxRetries: usual, retryIntervalMicros }: RetrySettings) {
  /** By number of retries. */
  const even = new Map<number, RetrySchedule>();

  function evenSchedule(retries: number): RetrySchedule {
    const known = even.get(retries);
    if (known) return known;
    const length = Math.min(retries, mostRetries);
    const schedule = Array.from({ length }, () => retryIntervalMicros / 1_000_000);
    even.set(retries, schedule);
    return schedule;
  }

  return (kind: EndpointKind | undefined, endpoint: ResolvedEndpoint | undefined): RetrySchedule => {
    const maxRetries = kind?.maxRetries ?? usual;
    const own = endpoint?.state === 'active' ? endpoint.delivery?.retrySchedule : undefined;
    return own && kind?.maxRetries !== 0 ? own : evenSchedule(maxRetries);
  };
}
