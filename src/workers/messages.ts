import type { AddressInfo } from 'node:net';

/** A metric with its values, in prom-client's JSON form. */
export interface MetricValues {
  readonly name: string;
  readonly type: string;
}

/** Messages from the primary to a worker. */
export type ToWorker = { readonly kind: 'read-metrics'; readonly round: number } | { readonly kind: 'hang-up' };

/** A worker's answer to `read-metrics`; without values if it could not read them. */
export interface MetricsAnswer {
  readonly kind: 'metrics';
  readonly round: number;
  readonly metrics?: readonly MetricValues[];
}

/** Messages from a worker to the primary. */
export type FromWorker = { readonly kind: 'listening'; readonly address: AddressInfo } | MetricsAnswer;
