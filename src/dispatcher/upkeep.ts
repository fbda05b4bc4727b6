import type { CorrectedClock } from '../database/corrected-clock.ts';
import type { Database } from '../database/database.ts';
import type { RedeliveryJobs } from './deliveries/redelivery-jobs.ts';
import type { Statistics } from './deliveries/statistics.ts';
import type { FailureReports } from './failure-reports.ts';
import { purgeGates } from './store/gate-repository.ts';
import { purgeProfiles } from './store/profile-repository.ts';
import { purgeDeliveries } from './store/purge.ts';
import type { Upkeep } from './worker/worker-run.ts';

const purgeIntervalMs = 60_000;

/** The work of a dispatcher beside sending. */
export function createUpkeep(parts: {
  database: Database;
  clock: CorrectedClock;
  redeliveryJobs: RedeliveryJobs;
  statistics: Statistics;
  failures: FailureReports;
  sweepHeld: () => Promise<void>;
  settings: { retentionMicros: number; pollIntervalMs: number };
  signal: AbortSignal;
}): readonly Upkeep[] {
  const { database, clock, redeliveryJobs, statistics, failures, sweepHeld, settings, signal } = parts;
  const { pollIntervalMs, retentionMicros } = settings;

  async function purge(): Promise<void> {
    await clock.keep();
    const before = clock.now() - retentionMicros;
    await purgeDeliveries(database, before, signal);
    await redeliveryJobs.purge(before, signal);
    await purgeProfiles(database, before, signal);
    await purgeGates(database, before, signal);
    await statistics.purge(before, signal);
    await failures.purge(signal);
  }

  async function redeliver(): Promise<void> {
    while (!signal.aborted && (await redeliveryJobs.runStep()));
  }

  return [
    { everyMs: purgeIntervalMs, work: purge },
    { everyMs: pollIntervalMs, work: redeliver },
    { everyMs: pollIntervalMs, work: sweepHeld },
    ...failures.upkeep(signal),
  ];
}
