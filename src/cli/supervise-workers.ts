import { type Config, longestStopMs } from '../config.ts';
import { createReleases } from '../lifecycle/releases.ts';
import { createLogOutput } from '../logger.ts';
import { serveMetrics } from '../metrics/metrics.ts';
import { registerProcessMetrics } from '../metrics/process-metrics.ts';
import { version } from '../version.ts';
import { createCollectedMetrics } from '../workers/collected-metrics.ts';
import { createWorkerPool } from '../workers/worker-pool.ts';
import type { CommandLine } from './command-line.ts';
import { requireFreePort } from './free-port.ts';
import { announce } from './greeting.ts';
import { warnOfNode } from './node-check.ts';

/** Grace period after a worker's own shutdown timeout, before it is killed. */
export const killAfterMs = 2000;

/**
 * Keeps `WORKERS` processes running until a signal arrives, and serves their common metrics; serves no requests itself.
 * Resolves to the exit code: 1 if a worker failed to start or to stop gracefully. Throws `StartError`.
 */
export async function superviseWorkers(config: Readonly<Config>, line: CommandLine): Promise<number> {
  const stopped = new Promise<'stopped'>((resolve) => line.onSignal(() => resolve('stopped')));
  const log = createLogOutput(config);
  const logger = log.labelled('workers');
  const metrics = createCollectedMetrics();
  const { env, print } = line;
  const releases = createReleases();
  releases.add(() => log.flush());
  const stopWithinMs = longestStopMs(config) + killAfterMs;
  const pool = createWorkerPool({ count: config.WORKERS, env, stopWithinMs, metrics, logger });
  try {
    // Workers listen with SO_REUSEPORT and would silently share the port with another gateway.
    await requireFreePort(config.HOST, config.PORT);
    releases.add(await serveMetrics(config, metrics));
    if (config.METRICS_PORT !== 0) releases.add(registerProcessMetrics(metrics.own));
    process.on('SIGHUP', pool.hangUp);
    const started = await Promise.race([pool.start(), stopped]);
    if (started === undefined) return 1;
    if (started !== 'stopped') {
      const { address: host, port } = started;
      logger.info('all workers listening', { version, workers: config.WORKERS, host, port });
      warnOfNode(log.labelled('gateway'));
      announce(config, started, print, line.args.includes('--brief') ? undefined : started.pages);
      await stopped;
      logger.info('stopping', { workers: config.WORKERS });
    }
    return (await pool.stop()) ? 0 : 1;
  } finally {
    await pool.stop();
    await releases.run();
  }
}
