import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import type { Environment } from '../settings.ts';
import type { FromWorker, MetricsAnswer, ToWorker } from './messages.ts';

export interface WorkerEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  livedMs: number;
}

/** The primary's handle of a worker. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Resolves to the worker's address once it accepts connections, or to undefined if it ends first. */
  readonly listening: Promise<AddressInfo | undefined>;
  readonly ended: Promise<WorkerEnd>;
  tell(message: ToWorker): void;
  kill(signal: NodeJS.Signals): void;
}

/** Forks this program as a worker with the environment `env`. */
export function forkWorker(env: Environment, onMetrics: (answer: MetricsAnswer) => void): WorkerProcess {
  const startedAt = performance.now();
  const worker = cluster.fork(env);
  const ended = new Promise<WorkerEnd>((resolve) => {
    const livedMs = (): number => performance.now() - startedAt;
    worker.once('exit', (code, signal) => {
      resolve({ code, signal: signal as NodeJS.Signals | null, livedMs: livedMs() });
    });
    // Without a pid the fork failed and `exit` does not follow. With a pid a message could not be sent, and `exit`
    // follows.
    worker.on('error', () => {
      if (worker.process.pid === undefined) resolve({ code: null, signal: null, livedMs: livedMs() });
    });
  });
  const listening = new Promise<AddressInfo>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'listening') resolve(message.address);
      else if (message.kind === 'metrics') onMetrics(message);
    });
  });
  return {
    pid: worker.process.pid,
    listening: Promise.race([listening, ended.then(() => undefined)]),
    ended,
    tell: (message) => {
      if (worker.isConnected()) worker.send(message, undefined, {}, () => undefined);
    },
    kill: (signal) => void worker.process.kill(signal),
  };
}
