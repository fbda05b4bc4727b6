import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { isApiError } from '../../errors.ts';

/** Errors that show nothing about the upstream of their call. */
const marked = new WeakSet<Error>();

/** Marks an error that shows nothing about the upstream: it does not count as its failure. Returns the error. */
export function notOfUpstream<E extends Error>(error: E): E {
  marked.add(error);
  return error;
}

/** Whether an error shows nothing about the upstream: it is marked, or the caller's (4xx). */
export const showsNothing = (error: unknown): boolean =>
  marked.has(error as Error) || (isApiError(error) && error.status < 500);

/**
 * Opens after consecutive failures. Errors that show nothing about the upstream do not count. The user of the breaker
 * decides when an open one may be tried: the library would use the wall clock, which can be set back.
 */
export function createBreaker(failures: number): CircuitBreakerPolicy {
  return circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: Number.NEGATIVE_INFINITY,
    breaker: new ConsecutiveBreaker(failures),
  });
}

const isFailure = (error: unknown): boolean => !showsNothing(error);
