import cluster from 'node:cluster';
import type { Environment } from '../settings.ts';
import type { FromWorker, Listening, ToWorker } from './messages.ts';

export interface WorkerEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds since it accepted connections; 0 if it never did, however long its start took. */
  servedMs: number;
}

/** The primary's handle of a worker. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Resolves to the worker's address once it accepts connections, or to undefined if it ends first. */
  readonly listening: Promise<Listening | undefined>;
  readonly ended: Promise<WorkerEnd>;
  tell(message: ToWorker): void;
  kill(signal: NodeJS.Signals): void;
}

/** Messages of a worker once it accepts connections. */
export type WorkerMessage = Exclude<FromWorker, { kind: 'listening' }>;

/** Forks this program as a worker with the environment `env`. */
export function forkWorker(env: Environment, onMessage: (message: WorkerMessage) => void): WorkerProcess {
  let listeningSince: number | undefined;
  const worker = cluster.fork(env);
  const ended = new Promise<WorkerEnd>((resolve) => {
    const servedMs = (): number => (listeningSince === undefined ? 0 : performance.now() - listeningSince);
    worker.once('exit', (code, signal) => {
      resolve({ code, signal: signal as NodeJS.Signals | null, servedMs: servedMs() });
    });
    // Without a pid the fork failed and `exit` does not follow. With a pid a message could not be sent, and `exit`
    // follows.
    worker.on('error', () => {
      if (worker.process.pid === undefined) resolve({ code: null, signal: null, servedMs: servedMs() });
    });
  });
  const listening = new Promise<Listening>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'listening') {
        listeningSince = performance.now();
        resolve(message.address);
      } else onMessage(message);
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
