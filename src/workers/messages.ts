import type { AddressInfo } from 'node:net';

/** A metric with its values, as prom-client gives it for other processes. */
export interface MetricValues {
  readonly name: string;
  readonly type: string;
}

/** What the primary says to a worker. */
export type ToWorker = { readonly kind: 'read-metrics'; readonly round: number } | { readonly kind: 'hang-up' };

/** What a worker gives when it is asked for its metrics; without values when it could not read them. */
export interface MetricsAnswer {
  readonly kind: 'metrics';
  readonly round: number;
  readonly metrics?: readonly MetricValues[];
}

/** What a worker says to the primary. */
export type FromWorker = { readonly kind: 'listening'; readonly address: AddressInfo } | MetricsAnswer;
