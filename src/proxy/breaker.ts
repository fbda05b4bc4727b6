import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { ApiError } from '../errors.ts';
import type { BreakerSettings } from './target-definition.ts';

/**
 * Opens after failures in a row, and lets one call try after `openMs`. What is the caller's own fault (4xx) says nothing of the
 * upstream: it is no failure, but a trial that ends like this has not shown either that the upstream works.
 */
export function createBreaker({ failures, openMs }: BreakerSettings): CircuitBreakerPolicy {
  const isFailure = (error: unknown): boolean =>
    breaker.state === CircuitState.HalfOpen || !(error instanceof ApiError && error.status < 500);
  const breaker: CircuitBreakerPolicy = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  return breaker;
}
