/**
 * A usage report: a number of transactions of a developer with a product, through one of the developer's applications.
 */
export interface UsageReport {
  organization: string;
  /** E-mail address or id, in lower case; empty for the developer of the app that `application` is the id of. */
  developer: string;
  /** Name; empty when none was given. */
  application: string;
  product: string;
  batchSize: number;
  attributes: Attributes;
  /** Of the call that reported it. */
  traceparent?: string | undefined;
}

/** Values of custom attributes by their number (1 to 10), in ten-thousandths. */
export type Attributes = Readonly<Partial<Record<number, bigint>>>;

/** A subscription that a report counts for. */
export interface Covering {
  organization: string;
  developer: string;
  product: string;
  subscriptionId: string;
  planId: string;
  /** Number of the custom attribute that the plan counts; null if it counts transactions. */
  ratingAttribute: number | null;
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
  /** Transactions, or ten-thousandths of a unit if the plan counts a custom attribute. */
  used: bigint;
  /** In units. */
  target: bigint;
  /** The thresholds of all conditions of the plan: sorted percentages as JSON. */
  thresholds: string;
}
