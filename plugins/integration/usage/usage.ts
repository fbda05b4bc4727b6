/**
 * A usage report: a number of transactions of a developer with a product, through one of the developer's applications.
 */
export interface UsageReport {
  organization: string;
  /** E-mail address, in lower case. */
  developer: string;
  /** Name; empty when none was given. */
  application: string;
  product: string;
  batchSize: number;
  /** Of the call that reported it. */
  traceparent?: string | undefined;
}

/** A subscription that a report counts for. */
export interface Covering {
  organization: string;
  developer: string;
  product: string;
  subscriptionId: string;
  /** Microseconds since 1970. */
  startAt: number;
  durationMonths: number;
}

/** A counter after an addition, with the current target of its subscription. */
export interface Counter {
  subscriptionId: string;
  organization: string;
  planId: string;
  cycle: number;
  used: bigint;
  target: bigint;
  /** The thresholds of all conditions of the plan: sorted percentages as JSON. */
  thresholds: string;
}
