import type { Database } from '../../database/database.ts';
import { type AttemptTimes, attemptMicrosOf } from '../model/attempt-times.ts';
import type { Claimed, Result } from '../model/delivery.ts';
import { type AttemptParts, createAttempts } from '../sending/attempt.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import type { RetrySettings } from '../sending/retry-schedules.ts';
import type { LeaseWindow } from '../store/queue-repository.ts';
import { createAttemptRuns } from './attempt-runs.ts';
import { EndpointScheduler } from './endpoint-scheduler.ts';
import { createIntake } from './intake.ts';
import { createLeaseReturns } from './lease-returns.ts';
import { createLeasedIntake, type LeasedRow } from './leased-intake.ts';

export interface WorkerSettings extends RetrySettings, AttemptTimes {
  concurrency: number;
  perEndpoint: number;
  perOrigin: number;
  userAgent: string;
}

export interface WorkerParts extends AttemptParts {
  database: Database;
  lookup: EndpointLookup;
  settings: WorkerSettings;
  /** Which leases have lapsed at a time in microseconds. */
  leaseWindow: (time: number) => LeaseWindow;
  onResult: (result: Result) => void;
  /** Called soon after attempts have ended and their slots are free. */
  onEnded: () => void;
}

/** Maximum number of rows of one claim. */
const maxRows = 400;

export interface Worker {
  readonly scheduler: EndpointScheduler;
  /** Claims due rows and starts the ones that have a slot. Resolves to the number of endpoints that were asked for rows. */
  runOnce(): Promise<number>;
  /** Starts or schedules rows that were leased when they were enqueued. */
  accept(rows: readonly LeasedRow[]): Promise<void>;
  /** Gives back leases of rows whose transaction may have been rolled back. */
  giveUp(rows: readonly LeasedRow[]): void;
  /** Gives back leases that are too short for an attempt, and leases that an earlier call failed to give back. */
  returnWaiting(): Promise<void>;
  /** Starts no further attempt; `returnWaiting` then gives back the leases of all waiting rows. */
  startNoMore(): void;
  /** Whether leases remain to be given back. */
  readonly owesLeases: boolean;
  /** Resolves when no attempt is in flight. */
  idle(): Promise<void>;
}

/** Claims deliveries, makes the attempts and hands over the results. */
export function createWorker(parts: WorkerParts): Worker {
  const { database, now, logger, settings, leaseWindow } = parts;
  const scheduler = new EndpointScheduler(settings);
  const attempts = createAttempts(parts);
  const returns = createLeaseReturns({
    database,
    logger,
    onReturned: (lease, dueAt) => scheduler.gates.returned(lease, dueAt, now()),
  });
  const runs = createAttemptRuns({ ...parts, attempts, scheduler, returns });
  const intakeParts = { ...parts, attempts, scheduler, returns, runs };
  const intake = createIntake(intakeParts);
  const leased = createLeasedIntake(intakeParts);

  return {
    scheduler,
    runOnce: async () => {
      const time = now();
      const wants = scheduler.choose(time, Math.min(maxRows, settings.concurrency * 2 - scheduler.waiting));
      if (wants.length > 0) await intake.claimDue(wants, time, leaseWindow(time));
      return wants.length;
    },
    accept: async (rows) => {
      if (rows.length > 0) await runs.track(leased.takeUp(rows));
    },
    giveUp: leased.giveUp,
    returnWaiting: async () => {
      const time = now();
      const isTooShort = ({ leaseUntil, lookedUp }: Claimed): boolean =>
        leaseUntil < time + attemptMicrosOf(lookedUp?.endpoint, settings);
      returns.add(scheduler.withdraw((row) => runs.isStopping || isTooShort(row)));
      await returns.giveBack();
    },
    startNoMore: runs.stop,
    get owesLeases() {
      return scheduler.waiting > 0 || returns.pending > 0;
    },
    idle: runs.idle,
  };
}
