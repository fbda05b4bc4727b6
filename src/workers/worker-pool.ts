import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { settledWithin } from '../answered-within.ts';
import { describeError, type Logger } from '../logger.ts';
import type { Environment } from '../settings.ts';
import type { CollectedMetrics } from './collected-metrics.ts';
import { type CollectedReports, createCollectedReports } from './collected-reports.ts';
import type { Listening } from './messages.ts';
import { systemSharesPorts } from './shared-port.ts';
import { ticketSeedVariable } from './worker-link.ts';
import { forkWorker, type WorkerEnd, type WorkerMessage, type WorkerProcess } from './worker-process.ts';

export interface WorkerPool {
  /**
   * Starts the first worker, which migrates the database and reports problems of the settings, then the others.
   * Resolves to their common address when all accept connections, or to undefined as soon as one of them has ended
   * instead.
   */
  start(): Promise<Listening | undefined>;
  /** Passes SIGHUP on: every worker reloads its targets file and certificate. */
  hangUp(): void;
  /**
   * Stops all workers gracefully; resolves to whether all of them did stop gracefully. Repeated calls share one run.
   */
  stop(): Promise<boolean>;
}

interface WorkerPoolParts {
  count: number;
  env: Environment;
  /** Milliseconds for workers to stop before they are killed. */
  stopWithinMs: number;
  metrics: CollectedMetrics;
  logger: Logger;
}

/** Backoff: the pause before a restart doubles after each worker that served shorter than this. */
const shortServiceMs = 10_000;
const pauseMs = { first: 250, most: 30_000 };

/** Keeps `count` workers running until it is stopped. */
export function createWorkerPool({ count, env, stopWithinMs, metrics, logger }: WorkerPoolParts): WorkerPool {
  const running = new Set<WorkerProcess>();
  const reports = createCollectedReports();
  const places: Promise<void>[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  let workerEnv: Environment = { ...env, [ticketSeedVariable]: randomBytes(32).toString('base64') };
  let isOrderly = true;
  let stopped: Promise<boolean> | undefined;

  function launch(): WorkerProcess {
    const worker = forkWorker(workerEnv, (message) => receive({ metrics, reports }, worker, message));
    running.add(worker);
    void worker.listening.then((address) => {
      if (!address) return;
      metrics.join(worker);
      reports.join(worker);
    });
    void worker.ended.then(({ code, signal }) => {
      running.delete(worker);
      metrics.leave(worker);
      reports.leave(worker);
      // Ended by SIGTERM itself: the worker had not registered its handler yet, so it held no requests.
      if (stopping.signal.aborted && code !== 0 && signal !== 'SIGTERM') isOrderly = false;
    });
    return worker;
  }

  /** Keeps one place of the pool filled until the pool stops: replaces each worker that ends. */
  async function fill(first: WorkerProcess): Promise<void> {
    let worker: WorkerProcess | undefined = first;
    let pause = 0;
    for (;;) {
      const end: WorkerEnd | undefined = await worker?.ended;
      if (signal.aborted) return;
      pause = end && end.servedMs >= shortServiceMs ? 0 : Math.min(pause * 2 || pauseMs.first, pauseMs.most);
      if (end) report(worker?.pid, end, pause);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      metrics.noteReplacement();
      worker = launchIfPossible();
    }
  }

  function launchIfPossible(): WorkerProcess | undefined {
    try {
      return launch();
    } catch (error) {
      logger.error('worker could not be started', describeError(error));
      return undefined;
    }
  }

  function report(pid: number | undefined, { code, signal, servedMs }: WorkerEnd, pause: number): void {
    const fields = { worker: pid, code, signal, served_ms: Math.round(servedMs), pause_ms: pause };
    if (code === 0) logger.info('a worker has stopped and is replaced', fields);
    else if (pause > pauseMs.first) logger.error('workers die as soon as they are started', fields);
    else logger.warn('a worker died and is replaced', fields);
  }

  async function endAll(): Promise<boolean> {
    stopping.abort();
    for (const worker of running) worker.kill('SIGTERM');
    const allEnded = Promise.all([...[...running].map(({ ended }) => ended), ...places]).then(() => true);
    if (!(await settledWithin(stopWithinMs, allEnded))) killLeft();
    await allEnded;
    return isOrderly;
  }

  function killLeft(): void {
    logger.error('workers did not stop in time and are killed', { workers: running.size });
    for (const worker of running) worker.kill('SIGKILL');
  }

  return {
    async start() {
      const first = launch();
      const address = await first.listening;
      if (!address) return undefined;
      // With PORT=0 the first worker has chosen a port: all later workers listen on the same one.
      if (systemSharesPorts) workerEnv = { ...workerEnv, PORT: String(address.port) };
      if (signal.aborted) return undefined;
      places.push(fill(first));
      const others = Array.from({ length: count - 1 }, launch);
      const addresses = await Promise.all(others.map(({ listening }) => listening));
      if (addresses.includes(undefined)) return undefined;
      places.push(...others.map(fill));
      return address;
    },
    hangUp: () => {
      for (const worker of running) worker.tell({ kind: 'hang-up' });
    },
    stop: () => {
      stopped ??= endAll();
      return stopped;
    },
  };
}

type Collected = Pick<WorkerPoolParts, 'metrics'> & { reports: CollectedReports };

function receive({ metrics, reports }: Collected, worker: WorkerProcess, message: WorkerMessage): void {
  if (message.kind === 'metrics') metrics.take(worker, message);
  else if (message.kind === 'targets') reports.take(worker, message);
  else void reports.read().then((all) => worker.tell({ kind: 'collected-targets', reports: all }));
}
