import type { AddressInfo } from 'node:net';
import type { ProcessReport } from '../metrics/target-report.ts';

/** A metric with its values, in prom-client's JSON form. */
export interface MetricValues {
  readonly name: string;
  readonly type: string;
}

/** Messages from the primary to a worker. */
export type ToWorker =
  | { readonly kind: 'read-metrics'; readonly round: number }
  | { readonly kind: 'read-targets'; readonly round: number }
  | { readonly kind: 'collected-targets'; readonly reports: readonly ProcessReport[] }
  | { readonly kind: 'hang-up' };

/** A worker's answer to `read-metrics`; without values if it could not read them. */
export interface MetricsAnswer {
  readonly kind: 'metrics';
  readonly round: number;
  readonly metrics?: readonly MetricValues[];
}

/** A worker's answer to `read-targets`. */
export interface TargetsReport {
  readonly kind: 'targets';
  readonly round: number;
  readonly targets: ProcessReport;
}

/** The address at which a worker listens. */
export interface Listening extends AddressInfo {
  /** Path of the web pages, if the start prints them. */
  readonly pages?: string;
}

/** Messages from a worker to the primary. `collect-targets` is answered with `collected-targets`. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly address: Listening }
  | { readonly kind: 'collect-targets' }
  | MetricsAnswer
  | TargetsReport;
