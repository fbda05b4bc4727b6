import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { answeredWithin } from '../../answered-within.ts';
import { isApiError } from '../../errors.ts';

/** Outcome of a trial call that shows nothing about the upstream: the next call becomes the trial. */
export class Undecided extends Error {}

/**
 * Opens after consecutive failures. Errors of the caller (4xx) say nothing about the upstream and do not count. The
 * user of the breaker decides when an open one may be tried: the library would use the wall clock, which can be set
 * back.
 */
export function createBreaker(failures: number): CircuitBreakerPolicy {
  return circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: Number.NEGATIVE_INFINITY,
    breaker: new ConsecutiveBreaker(failures),
  });
}

const isCallersFault = (error: unknown): boolean => isApiError(error) && error.status < 500;

const isFailure = (error: unknown): boolean => !isCallersFault(error);

/**
 * The verdict of a trial call. Rejects with `Undecided` if the call ends with a caller's error or takes longer than
 * `limitMs`: a slow upload may go on, but other calls must not wait for it.
 */
export function verdictOf<T>(call: Promise<T>, limitMs: number): Promise<T> {
  const shown = call.catch((error) => {
    throw isCallersFault(error) ? new Undecided() : error;
  });
  return answeredWithin(limitMs, shown, () => new Undecided());
}
