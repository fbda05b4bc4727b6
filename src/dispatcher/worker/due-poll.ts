import type { Database } from '../../database/database.ts';
import { createBatchRepository } from '../store/batch-repository.ts';
import { createQueueRepository } from '../store/queue-repository.ts';

/** It looks this far back, for rows whose transactions were committed late. */
const overlapMicros = 5_000_000;
/** Rows that it looks at; what it misses is found in the round of all endpoints. */
const maxRecent = 50_000;
const ringPage = 500;

export interface DuePoll {
  find(): Promise<Discovered>;
}

interface Discovered {
  /** Keys of endpoints with something due. */
  endpoints: number[];
  /** There is a batch that nobody sends from. */
  hasBatch: boolean;
}

/**
 * Looks for what others have enqueued and what this process does not know: what fell due since the last look, and the next
 * stretch of all endpoints.
 */
export function createDuePoll(database: Database, now: () => number): DuePoll {
  let since = 0;
  let ringAt = -1;

  return {
    async find() {
      const time = now();
      return database.read(async (db) => {
        const queue = createQueueRepository(db, database);
        const recent = await queue.dueBetween(since - overlapMicros, time, maxRecent);
        const stretch = await queue.endpointsAfter(ringAt, ringPage);
        ringAt = stretch.length < ringPage ? -1 : (stretch.at(-1)?.endpointKey ?? -1);
        since = time;
        const inStretch = stretch.filter(({ dueAt }) => dueAt <= time).map(({ endpointKey }) => endpointKey);
        return {
          endpoints: [...recent, ...inStretch],
          hasBatch: await createBatchRepository(db, database).hasWaiting(time),
        };
      });
    },
  };
}
