import { setTimeout as sleep } from 'node:timers/promises';
import type { CorrectedClock } from '../../database/corrected-clock.ts';
import { createFailureLog } from '../../lifecycle/failure-log.ts';
import type { Logger } from '../../logger.ts';
import type { DuePoll } from './due-poll.ts';
import type { DueRepair } from './due-repair.ts';
import type { EndpointProfiles } from './endpoint-profiles.ts';
import type { Worker } from './worker.ts';

export interface PollLoop {
  /** One poll of the database for endpoints with due rows. Rejects when the database fails. */
  poll(): Promise<void>;
  /** Polls and returns overdue leases until `signal` is aborted. Never rejects. */
  run(): Promise<void>;
}

/** The loop that finds deliveries which other processes have enqueued, released or lost. */
export function createPollLoop(parts: {
  duePoll: DuePoll;
  profiles: EndpointProfiles;
  dueRepair: DueRepair;
  worker: Worker;
  clock: CorrectedClock;
  logger: Logger;
  pollIntervalMs: number;
  signal: AbortSignal;
  /** Called when rows are due. */
  onDue: () => void;
}): PollLoop {
  const { duePoll, dueRepair, profiles, worker, clock, logger, pollIntervalMs, signal, onDue } = parts;
  const { now } = clock;
  const failures = createFailureLog(logger, 'looking for due deliveries failed');

  const poll = async (): Promise<void> => noteDue(await duePoll.find());

  async function noteDue(endpoints: readonly number[]): Promise<void> {
    for (const key of endpoints) worker.scheduler.hint(key, now(), now());
    // Looked up first: rows are claimed in turns of the organizations. A failure must not leave due rows waiting.
    try {
      await profiles.lookUp();
    } finally {
      if (endpoints.length > 0) onDue();
    }
  }

  return {
    poll,
    async run() {
      while (!signal.aborted) {
        try {
          await clock.keep();
          await worker.returnWaiting();
          await poll();
          await profiles.save();
          await noteDue(await dueRepair.run());
          failures.worked();
        } catch (error) {
          failures.failed(error);
        }
        await sleep(pollIntervalMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
