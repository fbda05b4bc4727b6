import type { Database } from '../../database/database.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import { createJobRepository, type JobRow } from '../store/job-repository.ts';

/** Pause of a job after a failed step. */
const restMs = 10_000;
const maxResting = 1000;

/**
 * Chooses the job of the next step: organizations take turns, each with its oldest running job. `step` resolves to false
 * when another process has taken it.
 */
export function createJobTurns(parts: { database: Database; logger: Logger; step: (job: JobRow) => Promise<boolean> }) {
  const { database, logger, step } = parts;
  /** The organization whose job ran last. */
  let last = '';
  /** Ends of pauses by job id, as `performance.now()`. */
  const resting = new Map<string, number>();

  async function tryStep(job: JobRow): Promise<boolean> {
    if (performance.now() < (resting.get(job.id) ?? 0)) return false;
    resting.delete(job.id);
    try {
      return await step(job);
    } catch (error) {
      if (resting.size >= maxResting) resting.clear();
      resting.set(job.id, performance.now() + restMs);
      if (!isOutage(error))
        logger.warn('a step of a redelivery job failed, retrying', { job: job.id, ...describeError(error) });
      return false;
    }
  }

  /** Runs a step of one job of the organizations after `last`, up to `upTo`. */
  async function stepOfNext(upTo: string | undefined): Promise<boolean> {
    for (;;) {
      const jobs = await database.read((db) => createJobRepository(db, database).runningAfter(last));
      for (const job of jobs) {
        if (upTo !== undefined && job.organization > upTo) return false;
        last = job.organization;
        if (await tryStep(job)) return true;
      }
      if (jobs.length === 0) return false;
    }
  }

  return {
    /**
     * Runs one step of a running job that no other process is at work on. A step that fails is tried again after 10 s and
     * stops no other job. Resolves to false when there is nothing to do. Rejects when the jobs cannot be read.
     */
    async runStep(): Promise<boolean> {
      const startedAfter = last;
      if (await stepOfNext(undefined)) return true;
      last = '';
      return startedAfter !== '' && stepOfNext(startedAfter);
    },
  };
}
