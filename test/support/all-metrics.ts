import type { Registry } from 'prom-client';
import type { Database } from '../../src/database/database.ts';
import { createDispatcherMetrics } from '../../src/dispatcher/dispatcher-metrics.ts';
import { countFailing } from '../../src/dispatcher/store/failing-endpoints.ts';
import { createGatewayMetrics } from '../../src/gateway/entry/gateway-metrics.ts';
import { measureReadiness, measureRedis } from '../../src/metrics/health-metrics.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { registerOwnMetrics } from '../../src/metrics/own-metrics.ts';
import { measureExpiry } from '../../src/tls/open-tls.ts';
import { createCollectedMetrics } from '../../src/workers/collected-metrics.ts';

const emptyQueue = {
  read: async (work: unknown) => (work === countFailing ? 0 : { due: 0, oldest: null }),
} as unknown as Database;

/** A registry with every metric of a process, and the end of their observation. */
export function createFullRegistry(): { registry: Registry; end: () => void } {
  const registry = createMetricsRegistry();
  createDispatcherMetrics({ registry, database: emptyQueue, now: () => 0, inFlight: () => 0 });
  createGatewayMetrics(registry, () => []);
  measureExpiry(registry, () => ({ notAfter: 0 }));
  measureReadiness(registry, { check: async () => ({ running: 'ok' }) });
  measureRedis(registry, { isUp: true });
  return { registry, end: registerOwnMetrics(registry, { version: '1', role: 'all', outages: { outage: undefined } }) };
}

/** The labels of every metric, by its name, of one process and of several. */
export function labelsOfMetrics(): ReadonlyMap<string, readonly string[]> {
  const { registry, end } = createFullRegistry();
  end();
  const metrics = [registry, createCollectedMetrics().own].flatMap((some) => some.getMetricsAsArray());
  return new Map(metrics.map((metric) => [metric.name, (metric as unknown as { labelNames: string[] }).labelNames]));
}
