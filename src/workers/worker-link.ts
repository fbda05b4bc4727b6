import cluster from 'node:cluster';
import type { Registry } from 'prom-client';
import { settledWithin } from '../answered-within.ts';
import type { ProcessReport } from '../metrics/target-report.ts';
import type { FromWorker, Listening, MetricValues, ToWorker } from './messages.ts';

/** Environment variable with the `ticketSeed` of a worker, in base64. */
export const ticketSeedVariable = 'HOOKGATE_TICKET_SEED';

/** A worker's connection to the primary process, which supervises it. */
export interface WorkerLink {
  /** A secret that the workers of one gateway share, for the keys of their TLS session tickets. */
  readonly ticketSeed: Buffer;
  reportListening(address: Listening): void;
  /** Reports the values of this registry whenever the primary asks. */
  giveMetrics(registry: Registry): void;
  /** Reports these figures whenever the primary asks. */
  giveTargets(read: () => ProcessReport): void;
  /** Resolves to the reports of all workers; undefined if the primary does not answer in time. */
  collectTargets(): Promise<readonly ProcessReport[] | undefined>;
  /** Calls `callback` once, when the primary is gone. */
  onPrimaryGone(callback: () => void): void;
}

/** Longer than the primary waits for the workers. */
const collectedWithinMs = 2000;

/** Connects this process to its primary; undefined if it is not a worker. */
export function joinPrimary(): WorkerLink | undefined {
  const { worker } = cluster;
  if (!worker) return undefined;
  let readMetrics = async (): Promise<readonly MetricValues[] | undefined> => undefined;
  let readTargets = (): ProcessReport => [];
  let collecting: PromiseWithResolvers<readonly ProcessReport[]> | undefined;

  process.on('message', (message: ToWorker) => {
    // A message, not a signal: SIGHUP would end a worker that has not registered its handler yet.
    if (message.kind === 'hang-up') process.emit('SIGHUP', 'SIGHUP');
    else if (message.kind === 'read-metrics') void answer(message.round);
    else if (message.kind === 'read-targets') send({ kind: 'targets', round: message.round, targets: readTargets() });
    else if (message.kind === 'collected-targets') collecting?.resolve(message.reports);
  });

  async function answer(round: number): Promise<void> {
    const metrics = await readMetrics().catch(() => undefined);
    send({ kind: 'metrics', round, ...(metrics ? { metrics } : {}) });
  }

  /** Calls at one time share one message, and its answer. */
  async function collectTargets(): Promise<readonly ProcessReport[] | undefined> {
    if (!collecting) {
      collecting = Promise.withResolvers();
      send({ kind: 'collect-targets' });
    }
    const { promise } = collecting;
    let reports: readonly ProcessReport[] | undefined;
    const taken = promise.then((all) => {
      reports = all;
    });
    await settledWithin(collectedWithinMs, taken);
    if (collecting?.promise === promise) collecting = undefined;
    return reports;
  }

  return {
    ticketSeed: Buffer.from(process.env[ticketSeedVariable] ?? '', 'base64'),
    reportListening: (address) => send({ kind: 'listening', address }),
    giveMetrics: (registry) => {
      readMetrics = async () => (await registry.getMetricsAsJSON()) as unknown as MetricValues[];
    },
    giveTargets: (read) => {
      readTargets = read;
    },
    collectTargets,
    onPrimaryGone: (callback) =>
      worker.once('disconnect', () => {
        // Without this the cluster module exits the process at once and drops the requests in flight.
        worker.exitedAfterDisconnect = true;
        callback();
      }),
  };
}

/** Ignores send errors: they occur only if the primary is gone. */
function send(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
