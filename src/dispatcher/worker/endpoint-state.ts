import type { Claimed } from '../model/delivery.ts';
import type { DueState } from './due-endpoints.ts';

/** What is known of an endpoint's answers. */
export type Standing = 'unknown' | 'healthy' | 'failing';

/** What this process knows of an endpoint that has, or lately had, something to send. */
export interface EndpointState extends DueState {
  readonly key: number;
  inFlight: number;
  readonly waiting: Claimed[];
  standing: Standing;
  /** Smoothed duration of its attempts. */
  durationMs: number;
  /** Where its rows went lately; empty until the first has been looked up. */
  origin: string;
}

export const newEndpointState = (key: number): EndpointState => ({
  key,
  dueAt: Number.POSITIVE_INFINITY,
  inFlight: 0,
  waiting: [],
  standing: 'unknown',
  durationMs: 0,
  origin: '',
});
