import type { DeliveryRecord } from './final-state.ts';
import type { Change } from './history.ts';
import type { Arrival } from './receiver.ts';

/** What is known of one delivery. */
export interface Case {
  readonly delivery: DeliveryRecord;
  /** In the order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** Changes that may have happened to it. */
  readonly changes: readonly Change[];
}
