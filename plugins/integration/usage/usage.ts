/** Usage as it is reported: so many transactions of a developer with a product, through one of his applications. */
export interface UsageReport {
  organization: string;
  /** E-mail, in lower case. */
  developer: string;
  /** Empty when it was not said. */
  application: string;
  product: string;
  batchSize: number;
}

/** A subscription that counts a report. */
export interface Covering {
  organization: string;
  developer: string;
  product: string;
  subscriptionId: string;
  /** Microseconds since 1970. */
  startAt: number;
  durationMonths: number;
}

/** A counter after something was added to it, with what its subscription aims at now. */
export interface Counter {
  subscriptionId: string;
  organization: string;
  planId: string;
  cycle: number;
  used: bigint;
  target: bigint;
  /** Percentages that any condition about the plan watches for, sorted, as JSON. */
  thresholds: string;
}
