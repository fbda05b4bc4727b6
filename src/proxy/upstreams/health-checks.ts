import type { Logger } from '../../logger.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { userAgent } from '../../version.ts';
import { HealthProbe } from './health-probe.ts';
import type { Upstream } from './upstreams.ts';

export interface HealthChecks {
  start(): void;
  stop(): void;
}

/** Threshold: a single failure may be an accident. */
const failuresInARow = 2;

/**
 * Requests a page from each upstream at an interval, over the connections that calls use, and updates `isHealthy`: two
 * failures in a row make it false, one response of 2xx or 3xx makes it true.
 */
export function createHealthChecks(
  settings: Pick<RemoteTargetSettings, 'name' | 'healthCheck' | 'timeouts' | 'headers'>,
  upstreams: readonly Upstream[],
  logger: Logger,
): HealthChecks {
  const { healthCheck, timeouts, headers, name } = settings;
  if (!healthCheck) return { start: () => undefined, stop: () => undefined };
  const { path, intervalMs } = healthCheck;
  const own = Object.entries(headers.set).map(([key, value]) => [key.toLowerCase(), value]);
  const request = {
    path,
    headers: { 'user-agent': userAgent, ...Object.fromEntries(own) },
    timeoutMs: Math.min(intervalMs, timeouts.headersMs),
  };
  const running = new Set<HealthProbe>();
  let timers: NodeJS.Timeout[] = [];

  const follow = (upstream: Upstream): (() => void) => {
    let failures = 0;
    const judge = (failure: string | undefined): void => {
      failures = failure === undefined ? 0 : failures + 1;
      const isHealthy = failures === 0 || (upstream.isHealthy && failures < failuresInARow);
      if (isHealthy === upstream.isHealthy) return;
      upstream.isHealthy = isHealthy;
      const about = { target: name, upstream: upstream.origin };
      if (isHealthy) logger.info('upstream healthy again', about);
      else logger.warn('upstream unhealthy', { ...about, reason: failure });
    };
    return () => {
      const probe = new HealthProbe(upstream, request, (failure) => {
        running.delete(probe);
        judge(failure);
      });
      running.add(probe);
      probe.send();
    };
  };

  return {
    start: () => {
      const checks = upstreams.map(follow);
      timers = checks.map((check) => setInterval(check, intervalMs).unref());
      for (const check of checks) check();
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      for (const probe of running) probe.abandon();
      running.clear();
    },
  };
}
