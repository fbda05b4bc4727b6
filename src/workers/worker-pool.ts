import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { settledWithin } from '../answered-within.ts';
import { describeError, type Logger } from '../logger.ts';
import type { Environment } from '../settings.ts';
import type { CollectedMetrics } from './collected-metrics.ts';
import { systemSharesPorts } from './shared-port.ts';
import { forkWorker, type WorkerEnd, type WorkerProcess } from './worker-process.ts';

export interface WorkerPool {
  /**
   * Starts the first worker, which brings the tables up to date and says what is wrong with the settings, and then the others.
   * Resolves to their address when all of them accept connections, and to undefined as soon as one of them has ended instead.
   */
  start(): Promise<AddressInfo | undefined>;
  /** Has every worker read again what is read again on SIGHUP. */
  hangUp(): void;
  /** Ends all workers in order; resolves to whether that is how all of them ended. Repeated calls are one. */
  stop(): Promise<boolean>;
}

interface WorkerPoolParts {
  count: number;
  env: Environment;
  /** How long workers may take to stop, before they are killed. */
  stopWithinMs: number;
  metrics: CollectedMetrics;
  logger: Logger;
}

/** A worker that ends sooner than this makes the pause before the next one longer. */
const shortLifeMs = 10_000;
const pauseMs = { first: 250, most: 30_000 };

/** Keeps `count` workers running until it is stopped. */
export function createWorkerPool({ count, env, stopWithinMs, metrics, logger }: WorkerPoolParts): WorkerPool {
  const running = new Set<WorkerProcess>();
  const places: Promise<void>[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  let workerEnv = env;
  let isOrderly = true;
  let stopped: Promise<boolean> | undefined;

  function launch(): WorkerProcess {
    const worker = forkWorker(workerEnv, (answer) => metrics.take(worker, answer));
    running.add(worker);
    void worker.listening.then((address) => address && metrics.join(worker));
    void worker.ended.then(({ code, signal }) => {
      running.delete(worker);
      metrics.leave(worker);
      // By the signal: it was stopped before it listened for it.
      if (stopping.signal.aborted && code !== 0 && signal !== 'SIGTERM') isOrderly = false;
    });
    return worker;
  }

  /** Fills one place for as long as the pool runs, whoever dies in it. */
  async function fill(first: WorkerProcess): Promise<void> {
    let worker: WorkerProcess | undefined = first;
    let pause = 0;
    for (;;) {
      const end: WorkerEnd | undefined = await worker?.ended;
      if (signal.aborted) return;
      pause = end && end.livedMs >= shortLifeMs ? 0 : Math.min(pause * 2 || pauseMs.first, pauseMs.most);
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
      logger.error('a worker cannot be started', describeError(error));
      return undefined;
    }
  }

  function report(pid: number | undefined, { code, signal, livedMs }: WorkerEnd, pause: number): void {
    const fields = { worker: pid, code, signal, lived_ms: Math.round(livedMs), pause_ms: pause };
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
      // The others, and who replaces one of them, listen where the first one does, on whatever port that is.
      if (systemSharesPorts) workerEnv = { ...env, PORT: String(address.port) };
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
