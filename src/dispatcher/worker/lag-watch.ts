import type { Database, Knex } from '../../database/database.ts';
import { createQueueRepository } from '../store/queue-repository.ts';
import { findWaiting, isBatchWaitingSince, isDueBefore } from '../store/queue-state.ts';

export interface LagWatch {
  /** How often `look` wants to be called. */
  readonly lookEveryMs: number;
  /** Remembers which endpoints are at their limits now. */
  look(): void;
  /** False when something due has waited too long although its endpoint had a slot for it all the while. */
  keepsUp(): Promise<boolean>;
}

export interface LagWatchParts {
  database: Database;
  now: () => number;
  maxLagMs: number;
  /** Keys of the endpoints that are at their limits. */
  capped: () => Iterable<number>;
}

const mostBetweenLooksMs = 250;
const page = 500;
/** How many endpoints a question looks at, at most, so that it stays cheap; the next one goes on from there. */
const maxPages = 10;

/**
 * Says whether this dispatcher is behind with its work. What is queued behind an endpoint's own limit is no lag: an endpoint
 * counts from when it was last seen there, and only with rows that have been free to be claimed for all of that time.
 */
export function createLagWatch({ database, now, maxLagMs, capped }: LagWatchParts): LagWatch {
  const cappedAt = new Map<number, number>();
  let asked: Promise<boolean> | undefined;
  /** The endpoint that was found behind last: a lag that goes on is not to be searched for again. */
  let behind: number | undefined;
  let lookedUpTo = -1;

  function look(): void {
    const time = now();
    for (const key of capped()) cappedAt.set(key, time);
    for (const [key, seen] of cappedAt) if (seen <= time - maxLagMs * 1000) cappedAt.delete(key);
  }

  const isFree = (key: number): boolean => !cappedAt.has(key);

  async function isBehind(db: Knex): Promise<boolean> {
    const before = now() - maxLagMs * 1000;
    // A batch is taken regardless of its endpoints' limits.
    if (await isBatchWaitingSince(db, before)) return true;
    // The usual answer, from one look at an index.
    if (!(await isDueBefore(db, before))) return false;
    look();
    const known = behind === undefined ? [] : [behind];
    behind = (await findWaiting(db, database, known.filter(isFree), before)) ?? (await findBehind(db, before));
    return behind !== undefined;
  }

  /** Skips from endpoint to endpoint, never through the rows of one: a backlog costs no more than its first row. */
  async function findBehind(db: Knex, before: number): Promise<number | undefined> {
    const queue = createQueueRepository(db, database);
    for (let pages = 0; pages < maxPages; pages += 1) {
      const stretch = await queue.endpointsAfter(lookedUpTo, page);
      const late = stretch.filter(({ dueAt }) => dueAt <= before).map(({ endpointKey }) => endpointKey);
      const found = await findWaiting(db, database, late.filter(isFree), before);
      const isOver = found !== undefined || stretch.length < page;
      lookedUpTo = isOver ? -1 : (stretch.at(-1)?.endpointKey ?? -1);
      if (isOver) return found;
    }
    return undefined;
  }

  return {
    lookEveryMs: Math.min(mostBetweenLooksMs, maxLagMs / 8),
    look,
    keepsUp() {
      // Whoever asks often shares the answer.
      asked ??= database
        .read(isBehind)
        .then((isLate) => !isLate)
        .finally(() => {
          asked = undefined;
        });
      return asked;
    },
  };
}
