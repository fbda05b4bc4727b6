import type { Claimed } from '../model/delivery.ts';
import type { DueState } from './due-endpoints.ts';

/** Health of an endpoint, judged by its attempts. */
export type Standing = 'unknown' | 'healthy' | 'failing';

/** An endpoint that has, or lately had, rows to send, as this process knows it. */
export interface EndpointState extends DueState {
  readonly key: number;
  inFlight: number;
  readonly waiting: Claimed[];
  standing: Standing;
  /** Smoothed duration of its attempts; 0 before the first. */
  durationMs: number;
  /** Origin of its latest row; empty until the first look-up. */
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
