import type { Thresholds } from './usage-target.ts';

/** One of the attributes that make a condition. */
export interface ConditionAttribute {
  id: string;
  attribute: string;
  value: string;
}

export interface ConditionAction {
  id: string;
  actionAttribute: string;
  value: string;
}

/** When to notify whom about a rate plan. */
export interface Condition {
  id: string;
  organization: string;
  planId: string;
  /** As they were sent. */
  attributes: readonly ConditionAttribute[];
  actions: readonly ConditionAction[];
  /** What they mean. */
  thresholds: Thresholds;
  /** Ids; those of webhooks that have been deleted stay. */
  webhooks: readonly string[];
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}
