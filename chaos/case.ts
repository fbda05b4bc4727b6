import type { DeliveryRecord } from './final-state.ts';
import type { Change } from './history.ts';
import type { Arrival } from './receiver.ts';

/** One delivery: its record, its requests and the calls that changed it. */
export interface Case {
  readonly delivery: DeliveryRecord;
  /** In the order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** Changes that may have happened to it. */
  readonly changes: readonly Change[];
}
