import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { createChangePublisher } from './deliveries/change-publisher.ts';
import { createFailingSweep } from './deliveries/failing-sweep.ts';
import type { Statistics } from './deliveries/statistics.ts';
import type { Result } from './model/delivery.ts';
import type { EndpointKind } from './model/endpoint.ts';
import type { ChangeListener } from './model/endpoint-change.ts';
import type { EndpointLookup } from './sending/endpoint-lookup.ts';
import { createGivenUpLog } from './worker/given-up-log.ts';
import type { Upkeep } from './worker/worker-run.ts';

export interface FailureReports {
  /** Logs the results that have failed for good. */
  note(results: readonly Result[]): void;
  /** Adds up what was counted, and reports the changes that follow. */
  upkeep(signal: AbortSignal): readonly Upkeep[];
  /** Drops reports that no listener takes. */
  purge(signal: AbortSignal): Promise<void>;
  /** Logs the counts that were kept back. */
  close(): void;
}

const foldIntervalMs = 2000;

/** Failures as operators, listeners and the owners of endpoints learn of them. */
export function createFailureReports(parts: {
  database: Database;
  kinds: ReadonlyMap<string, EndpointKind>;
  lookup: EndpointLookup;
  statistics: Statistics;
  listeners: readonly ChangeListener[];
  /** The corrected clock, and a monotonic one, in microseconds. */
  now: () => number;
  steady: () => number;
  logger: Logger;
  pollIntervalMs: number;
}): FailureReports {
  const { statistics, logger, steady, pollIntervalMs } = parts;
  const log = createGivenUpLog({ logger, now: steady });
  const sweep = createFailingSweep(parts);
  const publisher = createChangePublisher(parts);

  return {
    note: log.note,
    upkeep: (signal) => [
      {
        everyMs: foldIntervalMs,
        async work() {
          log.tellSuppressed();
          await statistics.fold(signal);
          await sweep(signal);
        },
      },
      { everyMs: pollIntervalMs, work: () => publisher.publish(signal) },
    ],
    purge: publisher.purge,
    close: log.close,
  };
}
