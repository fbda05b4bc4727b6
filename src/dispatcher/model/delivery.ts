import type { EndpointRef, LookedUp } from './endpoint.ts';
import type { Outcome } from './outcome.ts';
import type { Decision } from './policy.ts';

/** What a plugin hands over. */
export interface NewDelivery {
  organization: string;
  endpoint: EndpointRef;
  /** For people and filters, for instance `order.filled`. */
  type: string;
  /** The bytes that will be signed and sent; at most 256 KiB of UTF-8. */
  payload: string;
  /** Handing over the same key of an organization again changes nothing. At most 190 characters, and no space at the end. */
  onceKey?: string;
}

/** A delivery that this process may attempt until its lease ends. */
export interface Claimed {
  id: string;
  endpointKey: number;
  endpoint: EndpointRef;
  /** Where it goes, once that has been looked up. */
  lookedUp: LookedUp | undefined;
  payload: string;
  leaseToken: number;
  /** Microseconds, by the corrected clock. */
  leaseUntil: number;
  dueAt: number;
  attemptCount: number;
  retries: number;
  unknowns: number;
  /** Set for what is sent from its batch, and has no row of its own yet. */
  batched?: BatchedClaim;
}

/** A batch that this process sends from until its lease ends. */
export interface HeldBatch {
  readonly id: string;
  readonly leaseToken: number;
  /** Ids of its deliveries that have no row of their own yet. */
  readonly open: Set<string>;
}

export interface BatchedClaim {
  batch: HeldBatch;
  organization: string;
  type: string;
  createdAt: number;
}

/** An attempt that has ended, with what follows from it. */
export interface Result {
  claimed: Claimed;
  startedAt: number;
  endedAt: number;
  outcome: Outcome;
  decision: Decision;
}

/** As stored: open deliveries have a row in the queue, which says whether they are pending, held or in flight. */
export const storedStatus = { open: 0, delivered: 1, failed: 2, cancelled: 3 } as const;

/** For the last status of a delivery that nobody has answered. A number like any other, so that rows keep their length. */
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
