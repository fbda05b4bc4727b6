import type { WindowCounts } from './call-window.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** One address of a backend, as one process sees it. */
export interface UpstreamReport {
  readonly origin: string;
  /** Result of the last health checks. */
  readonly isHealthy: boolean;
  readonly breaker: BreakerState;
  readonly inFlight: number;
}

/** The figures of one target in one process. Passes between processes as JSON. */
export interface TargetReport {
  readonly name: string;
  readonly calls: WindowCounts;
  /** Undefined where the target runs in the process. */
  readonly upstreams?: readonly UpstreamReport[];
}

/** The figures of all targets in one process. */
export type ProcessReport = readonly TargetReport[];
