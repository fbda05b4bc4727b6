/** A developer on a rate plan. Times are microseconds. */
export interface Subscription {
  /** UUID, version 7. */
  id: string;
  organization: string;
  developerEmail: string;
  planId: string;
  startAt: number;
  /** In force until just before it, and no longer than the plan; undefined: open. */
  endAt: number | undefined;
  /** Transactions aimed at in a cycle; 0: no notifications. */
  quotaTarget: number;
  createdAt: number;
  updatedAt: number;
}
