import type { CorrectedClock } from '../database/corrected-clock.ts';
import type { Database, Knex } from '../database/database.ts';
import type { FailureReports } from './failure-reports.ts';
import { createGateRepository } from './store/gate-repository.ts';
import { createJobRepository } from './store/job-repository.ts';
import { purgeOrder } from './store/order-repository.ts';
import { createProfileRepository } from './store/profile-repository.ts';
import { purgeDeliveries } from './store/purge.ts';
import { purgeStatistics } from './store/statistics-writes.ts';
import type { Upkeep } from './worker/worker-run.ts';

const purgeIntervalMs = 60_000;

/** The work of a dispatcher beside sending. */
export function createUpkeep(parts: {
  database: Database;
  clock: CorrectedClock;
  /** Does a step of a redelivery job; resolves to false when no job has one. */
  redeliverSome: () => Promise<boolean>;
  failures: FailureReports;
  sweepHeld: () => Promise<void>;
  settings: { retentionMicros: number; pollIntervalMs: number };
  signal: AbortSignal;
}): readonly Upkeep[] {
  const { database, clock, redeliverSome, failures, sweepHeld, settings, signal } = parts;
  const { pollIntervalMs, retentionMicros } = settings;

  async function purge(): Promise<void> {
    await clock.keep();
    const before = clock.now() - retentionMicros;
    await purgeDeliveries(database, before, signal);
    await untilNone((trx) => createJobRepository(trx, database).purge(before));
    await untilNone((trx) => createProfileRepository(trx, database).purge(before));
    await untilNone((trx) => createGateRepository(trx, database).purge(before));
    await purgeOrder(database, signal);
    await untilNone((trx) => purgeStatistics(trx, before));
    await failures.purge(signal);
  }

  /** Deletes rows in small transactions: `some` resolves to the number of rows that it has deleted. */
  async function untilNone(some: (trx: Knex) => Promise<number>): Promise<void> {
    while (!signal.aborted && (await database.transaction(some)) > 0);
  }

  async function redeliver(): Promise<void> {
    while (!signal.aborted && (await redeliverSome()));
  }

  return [
    { everyMs: purgeIntervalMs, work: purge },
    { everyMs: pollIntervalMs, work: redeliver },
    { everyMs: pollIntervalMs, work: sweepHeld },
    ...failures.upkeep(signal),
  ];
}
