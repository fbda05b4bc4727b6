import type { EndpointRef, LookedUp } from './endpoint.ts';
import type { Gate } from './gate.ts';
import type { Outcome } from './outcome.ts';
import type { Decision } from './policy.ts';

/** In place of an organization: all of them, for readers with credentials for all. No organization has this name. */
export const allOrganizations = '*';

/** A delivery as a plugin enqueues it. */
export interface NewDelivery {
  organization: string;
  endpoint: EndpointRef;
  /** Event type, for display and filters, for instance `order.filled`. */
  type: string;
  /** The exact text that is signed and sent; at most 256 KiB of UTF-8. */
  payload: string;
  /**
   * The event's id for filters: a UUID of version 7 that this process has made, for one call of `enqueue`. Default: an id that
   * the payload does not show.
   */
  eventId?: string;
  /**
   * The event's `traceparent` (W3C Trace Context, version 00), which every attempt sends. Deliveries share an event only with equal
   * ones.
   */
  traceparent?: string | undefined;
  /** Deduplication key in the organization: a repeat adds no delivery. At most 190 characters, no trailing space. */
  onceKey?: string;
  /** Whether the endpoint is ordered: its deliveries are sent one at a time, in the order of acceptance. */
  ordered?: boolean;
}

/** An event that is stored whether or not it has deliveries. `id`: a UUID of version 7 that this process has made. */
export type EnqueuedEvent = Pick<NewDelivery, 'organization' | 'type' | 'payload' | 'traceparent'> & { id: string };

/** A delivery of such an event. */
export type EventDelivery = Omit<NewDelivery, keyof EnqueuedEvent | 'eventId' | 'onceKey'>;

/** A delivery under a lease of this process, which may attempt it until the lease ends. */
export interface Claimed {
  id: string;
  organization: string;
  endpointKey: number;
  endpoint: EndpointRef;
  /** Event type. */
  type: string;
  /** The endpoint's state at its look-up; undefined before. */
  lookedUp: LookedUp | undefined;
  payload: string;
  traceparent: string | undefined;
  leaseToken: number;
  /** Microseconds, by the corrected clock. */
  leaseUntil: number;
  /** Microseconds. */
  createdAt: number;
  /** Microseconds. */
  dueAt: number;
  attemptCount: number;
  /** Retries used so far. */
  retries: number;
  /** Attempts of unknown outcome so far. */
  unknowns: number;
  /** Restraints of the endpoint that the claim has observed. */
  gate?: Gate | undefined;
}

/** A finished attempt and the decision that follows from it. Times in microseconds. */
export interface Result {
  claimed: Claimed;
  startedAt: number;
  endedAt: number;
  outcome: Outcome;
  decision: Decision;
  /** Absent when no request was built. */
  request?: RequestRecord | undefined;
  /** A failure neither counts against the endpoint nor is reported: the delivery is a test, or reports failures itself. */
  isQuiet?: boolean;
}

/** A request as the log shows it, without secrets. */
export interface RequestRecord {
  /** Without query, at most 500 characters. */
  url: string;
  /** Headers as JSON. The ones that follow from the attempt are left out. */
  headers: string;
}

/** The stored numbers. The queue row of an open delivery says whether it is pending, held or in flight. */
export const storedStatus = { open: 0, delivered: 1, failed: 2, cancelled: 3 } as const;

/** Last status of a delivery without an answer. A number rather than null, so that rows keep their length. */
export const noStatus = 0;

export type DeliveryState = keyof typeof storedStatus;

export type DeliveryStatus = 'pending' | 'in_flight' | 'held' | 'delivered' | 'failed' | 'cancelled';

export interface DeliveryFilter {
  /** Or `allOrganizations`. */
  organization: string;
  status?: DeliveryStatus | undefined;
  /** Any of these; `open` is what is not settled. */
  states?: readonly DeliveryState[] | undefined;
  /** Any of these kinds of endpoints. */
  endpointKinds?: readonly string[] | undefined;
  endpointId?: string | undefined;
  /** Any of these, at most 1,000. */
  endpointIds?: readonly string[] | undefined;
  eventId?: string | undefined;
  /** Class of the last attempt's error. */
  error?: string | undefined;
  /** Of the last attempt that received an answer. */
  lastStatus?: number | undefined;
  /** Host of the last attempt's URL; with or without a port, and without one any port. */
  urlHost?: string | undefined;
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
