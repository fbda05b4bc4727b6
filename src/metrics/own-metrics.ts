import type { Registry } from 'prom-client';
import { registerGauge } from './gauge.ts';
import { registerBuildInfo, registerProcessMetrics } from './process-metrics.ts';

export interface OwnMetricsParts {
  version: string;
  role: string;
  outages: { readonly outage: 'lost' | 'unwritable' | undefined };
}

/** Metrics of this process, and of the database as it sees it. Returns the end of their observation. */
export function registerOwnMetrics(registry: Registry, { outages, ...labels }: OwnMetricsParts): () => void {
  registerBuildInfo(registry, labels);
  registerGauge(registry, {
    name: 'hookgate_database_up',
    help: '0 while the database is lost.',
    aggregator: 'min',
    read: () => (outages.outage === 'lost' ? 0 : 1),
  });
  registerGauge(registry, {
    name: 'hookgate_database_writable',
    help: '0 while the database is lost or takes no writes.',
    aggregator: 'min',
    read: () => (outages.outage === undefined ? 1 : 0),
  });
  return registerProcessMetrics(registry);
}
