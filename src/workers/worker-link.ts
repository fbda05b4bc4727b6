import cluster from 'node:cluster';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { FromWorker, MetricValues, ToWorker } from './messages.ts';

/** A worker's connection to the process that started it and watches over it. */
export interface WorkerLink {
  reportListening(address: AddressInfo): void;
  /** Gives the values of this registry whenever the primary asks. */
  giveMetrics(registry: Registry): void;
  /** Calls back once, when the primary is gone. */
  onPrimaryGone(callback: () => void): void;
}

/** Connects this process to its primary; undefined where it was not started as a worker. */
export function joinPrimary(): WorkerLink | undefined {
  const { worker } = cluster;
  if (!worker) return undefined;
  let readMetrics = async (): Promise<readonly MetricValues[] | undefined> => undefined;

  process.on('message', (message: ToWorker) => {
    // Not sent as a signal: that would end a worker which does not listen for it yet.
    if (message.kind === 'hang-up') process.emit('SIGHUP', 'SIGHUP');
    else if (message.kind === 'read-metrics') void answer(message.round);
  });

  async function answer(round: number): Promise<void> {
    const metrics = await readMetrics().catch(() => undefined);
    say({ kind: 'metrics', round, ...(metrics ? { metrics } : {}) });
  }

  return {
    reportListening: (address) => say({ kind: 'listening', address }),
    giveMetrics: (registry) => {
      readMetrics = async () => (await registry.getMetricsAsJSON()) as unknown as MetricValues[];
    },
    onPrimaryGone: (callback) =>
      worker.once('disconnect', () => {
        // Else the cluster module would end the process at once, with the requests that it is answering.
        worker.exitedAfterDisconnect = true;
        callback();
      }),
  };
}

/** Whoever is gone cannot be told, and need not be. */
function say(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
