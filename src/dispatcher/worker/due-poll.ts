import type { Database } from '../../database/database.ts';
import { createQueueRepository } from '../store/queue-repository.ts';

/** Overlap of two polls, for rows whose transactions committed late. */
const overlapMicros = 5_000_000;
/** Maximum number of recent rows per poll. The pass over all endpoints finds the others. */
const maxRecent = 50_000;
/** Endpoints per poll of the pass over all endpoints. */
const ringPage = 500;

export interface DuePoll {
  /** Keys of endpoints with due rows. */
  find(): Promise<number[]>;
}

/**
 * Finds endpoints with due rows that this process may not know of, such as rows that other processes have enqueued.
 * Each poll reads the rows that fell due since the previous one, and the next page of all endpoints.
 */
export function createDuePoll(database: Database, now: () => number): DuePoll {
  let since = 0;
  let ringAt = -1;

  return {
    async find() {
      const time = now();
      return database.read(async (db) => {
        const queue = createQueueRepository(db, database);
        // After a step back, `since` is in the future.
        const recent = await queue.dueBetween(Math.min(since, time) - overlapMicros, time, maxRecent);
        const stretch = await queue.endpointsAfter(ringAt, ringPage);
        ringAt = stretch.length < ringPage ? -1 : (stretch.at(-1)?.endpointKey ?? -1);
        since = time;
        const inStretch = stretch.filter(({ dueAt }) => dueAt <= time).map(({ endpointKey }) => endpointKey);
        return [...recent, ...inStretch];
      });
    },
  };
}
