/** A developer's subscription to a rate plan. Times are microseconds since 1970. */
export interface Subscription {
  /** UUID, version 7. */
  id: string;
  organization: string;
  developerEmail: string;
  planId: string;
  startAt: number;
  /** Exclusive end: midnight (UTC) after the last day; undefined for an open-ended subscription. */
  endAt: number | undefined;
  /** Target number of transactions per billing cycle; 0 turns notifications off. */
  quotaTarget: number;
  createdAt: number;
  updatedAt: number;
}
