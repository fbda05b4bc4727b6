import type { FaultKind } from './plan.ts';

/** Answer of a call: the status, or undefined when it is unknown whether the call had an effect. */
export type Status = number | undefined;

export interface EventCall {
  readonly key: number;
  readonly to: string;
  status: Status;
  /** Ids of the deliveries in the answer. */
  deliveries: readonly string[];
}

/** A call that changes deliveries. Times are milliseconds since 1970. */
export interface Change {
  readonly kind: 'redeliver' | 'redeliver-many' | 'cancel' | 'remove-webhook' | 'delete';
  /** A delivery, or a distributor. */
  readonly id: string;
  readonly from: number;
  readonly status: Status;
  /** `attempt_count` in the answer. */
  readonly attempts: number | undefined;
}

/** A settled delivery, as the API showed it during the run. */
export interface Sighting {
  readonly delivery: string;
  readonly at: number;
  readonly status: string;
  readonly attempts: number;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly process: number;
  readonly from: number;
  to: number;
}

export interface Distributor {
  readonly id: string;
  readonly node: string;
  secret: string | undefined;
}

/** Calls, answers and faults of the run. Together with the requests at the receiver, the judgement's only source. */
export interface History {
  readonly events: EventCall[];
  readonly changes: Change[];
  readonly sightings: Sighting[];
  readonly faults: Fault[];
  readonly distributors: Map<string, Distributor>;
  readonly jobs: string[];
  operations: number;
}

export const createHistory = (): History => ({
  events: [],
  changes: [],
  sightings: [],
  faults: [],
  distributors: new Map(),
  jobs: [],
  operations: 0,
});

/** Whether the call may have had its effect. */
export const mayHaveWorked = (status: Status): boolean => status === undefined || status < 300 || status >= 500;

export const isRedelivery = ({ kind }: Change): boolean => kind === 'redeliver' || kind === 'redeliver-many';
