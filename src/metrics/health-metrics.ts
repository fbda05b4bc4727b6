import type { Registry } from 'prom-client';
import { Gauge } from '../packages/prometheus.ts';
import { registerGauge } from './gauge.ts';

export interface CheckedReadiness {
  /** Results of the checks of `/readyz` by name; a check without an answer after `timeoutMs` has failed. */
  check(timeoutMs: number): Promise<Record<string, 'ok' | 'failed'>>;
}

/** Less than the time for which the primary waits for its workers. */
const checkTimeoutMs = 1700;

/** Registers the result of each check of `/readyz`; of several workers the worst. */
export function measureReadiness(registry: Registry, readiness: CheckedReadiness): void {
  new Gauge({
    name: 'hookgate_ready',
    help: '0 while the check of /readyz fails.',
    aggregator: 'min',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      const results = Object.entries(await readiness.check(checkTimeoutMs));
      for (const [check, result] of results) this.set({ check }, result === 'ok' ? 1 : 0);
    },
  });
}

/** Registers whether Redis counts for all processes; with `REDIS_URL` alone. */
export const measureRedis = (registry: Registry, redis: { readonly isUp: boolean }): void =>
  registerGauge(registry, {
    name: 'hookgate_redis_up',
    help: '0 while each process applies its own rate limit.',
    aggregator: 'min',
    read: () => (redis.isUp ? 1 : 0),
  });
