import type { EndpointRef, LookedUp } from './endpoint.ts';

/** Restraints of an endpoint, under which its deliveries wait for their turn. */
export interface Gate {
  readonly endpoint: EndpointRef;
  /** From one attempt to the next, over all processes; 0 without a rate limit. */
  readonly intervalMicros: number;
  /** One attempt at a time, in the order of acceptance. */
  readonly ordered: boolean;
}

/** Attempts that a limit allowed and that were not made are made up for within this time. */
const creditMicros = 2_000_000;
const longestIntervalMicros = 1e12;

/** The gate of an endpoint; `open` without restraints, undefined if its present state does not tell. */
export function gateOf(ref: EndpointRef, endpoint: LookedUp['endpoint']): Gate | 'open' | undefined {
  // Nothing is sent to an endpoint that is gone.
  if (endpoint.state === 'gone') return 'open';
  if (endpoint.state !== 'active') return undefined;
  const { rateLimit, ordered = false } = endpoint.delivery ?? {};
  if (rateLimit === undefined && !ordered) return 'open';
  const intervalMicros = rateLimit === undefined ? 0 : Math.min(1_000_000 / rateLimit, longestIntervalMicros);
  return { endpoint: ref, intervalMicros, ordered };
}

/** Whether a row that was leased under `held` has met all restraints of `gate`. */
export const meets = (held: Gate | undefined, gate: Gate): boolean =>
  (gate.intervalMicros === 0 || (held?.intervalMicros ?? 0) > 0) && (!gate.ordered || held?.ordered === true);

export interface Grant {
  /** Number of attempts that may begin. */
  count: number;
  /** Time in microseconds from which the next attempt is allowed. */
  nextAt: number;
}

/**
 * Grants up to `most` attempts by the generic cell rate algorithm. `nextAt` is the result of the last grant, by any process;
 * times are microseconds.
 */
export function grantAttempts(intervalMicros: number, nextAt: number, now: number, most: number): Grant {
  if (intervalMicros === 0) return { count: most, nextAt: now };
  // No grant of this rate is that far ahead: it is of a lower one, or of a wrong clock.
  const isForeign = nextAt > now + intervalMicros + creditMicros;
  const from = isForeign ? now : Math.max(nextAt, now - creditMicros);
  const count = from > now ? 0 : Math.min(most, Math.floor((now - from) / intervalMicros) + 1);
  return { count, nextAt: Math.round(from + count * intervalMicros) };
}
