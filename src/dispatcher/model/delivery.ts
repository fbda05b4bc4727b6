import type { EndpointRef, LookedUp } from './endpoint.ts';
import type { Outcome } from './outcome.ts';
import type { Decision } from './policy.ts';

/** A delivery as a plugin enqueues it. */
export interface NewDelivery {
  organization: string;
  endpoint: EndpointRef;
  /** Event type, for display and filters, for instance `order.filled`. */
  type: string;
  /** The exact text that is signed and sent; at most 256 KiB of UTF-8. */
  payload: string;
  /** Deduplication key in the organization: a repeat adds no delivery. At most 190 characters, no trailing space. */
  onceKey?: string;
}

/** A delivery under a lease of this process, which may attempt it until the lease ends. */
export interface Claimed {
  id: string;
  organization: string;
  endpointKey: number;
  endpoint: EndpointRef;
  /** The endpoint's state at its look-up; undefined before. */
  lookedUp: LookedUp | undefined;
  payload: string;
  leaseToken: number;
  /** Microseconds, by the corrected clock. */
  leaseUntil: number;
  /** Microseconds. */
  dueAt: number;
  attemptCount: number;
  /** Retries used so far. */
  retries: number;
  /** Attempts of unknown outcome so far. */
  unknowns: number;
}

/** A finished attempt and the decision that follows from it. Times in microseconds. */
export interface Result {
  claimed: Claimed;
  startedAt: number;
  endedAt: number;
  outcome: Outcome;
  decision: Decision;
}

/** The stored numbers. The queue row of an open delivery says whether it is pending, held or in flight. */
export const storedStatus = { open: 0, delivered: 1, failed: 2, cancelled: 3 } as const;

/** Last status of a delivery without an answer. A number rather than null, so that rows keep their length. */
export const noStatus = 0;

export type DeliveryState = keyof typeof storedStatus;

export type DeliveryStatus = 'pending' | 'in_flight' | 'held' | 'delivered' | 'failed' | 'cancelled';

export interface DeliveryFilter {
  organization: string;
  status?: DeliveryStatus | undefined;
  /** Any of these; `open` is what is not settled. */
  states?: readonly DeliveryState[] | undefined;
  /** Any of these kinds of endpoints. */
  endpointKinds?: readonly string[] | undefined;
  endpointId?: string | undefined;
  type?: string | undefined;
  /** Microseconds, inclusive and exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

export function storedStatusOf(status: DeliveryStatus): number {
  return status === 'delivered' || status === 'failed' || status === 'cancelled'
    ? storedStatus[status]
    : storedStatus.open;
}
