import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { answeredWithin } from '../../answered-within.ts';
import { ApiError } from '../../errors.ts';

/** How a trial ends that has not shown whether the upstream works: the next call is to try. */
export class Undecided extends Error {}

/**
 * Opens after failures in a row. What is the caller's own fault (4xx) says nothing of the upstream and is no failure. When an open
 * one may be tried again is for its user to say: the library would go by the wall clock, which can be set back.
 */
export function createBreaker(failures: number): CircuitBreakerPolicy {
  return circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: Number.NEGATIVE_INFINITY,
    breaker: new ConsecutiveBreaker(failures),
  });
}

const isCallersFault = (error: unknown): boolean => error instanceof ApiError && error.status < 500;

const isFailure = (error: unknown): boolean => !isCallersFault(error);

/**
 * What a call that tries an upstream shows. Rejects with `Undecided` when it ends by the caller's own fault, and when it has not
 * ended within `limitMs`: an upload may take its time, and the others must not wait for it.
 */
export function verdictOf<T>(call: Promise<T>, limitMs: number): Promise<T> {
  const shown = call.catch((error) => {
    throw isCallersFault(error) ? new Undecided() : error;
  });
  return answeredWithin(limitMs, shown, () => new Undecided());
}
