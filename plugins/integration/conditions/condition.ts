import type { Thresholds } from './usage-target.ts';

/** An attribute of a notification condition. */
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

/** Notifies webhooks when the usage of a rate plan crosses thresholds. */
export interface Condition {
  id: string;
  organization: string;
  planId: string;
  /** Attributes and actions as sent, with ids. */
  attributes: readonly ConditionAttribute[];
  actions: readonly ConditionAction[];
  /** Derived from the attributes and actions. */
  thresholds: Thresholds;
  /** Ids of webhooks, including deleted ones. */
  webhooks: readonly string[];
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** A condition with the addresses of its webhooks; undefined for webhooks that have been deleted. */
export type AddressedCondition = Omit<Condition, 'actions'> & {
  actions: readonly (ConditionAction & { postUrl: string | undefined })[];
};
