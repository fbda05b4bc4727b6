import type { Database, Knex } from '../../database/database.ts';
import { createQueueRepository } from '../store/queue-repository.ts';
import { findWaiting, isDueBefore } from '../store/queue-state.ts';

export interface LagWatch {
  /** Interval at which `look` has to be called. */
  readonly lookEveryMs: number;
  /** Records which endpoints are at their limits now. */
  look(): void;
  /** False when a due row has waited longer than `maxLagMs` although its endpoint had a slot for it all that time. */
  keepsUp(): Promise<boolean>;
}

export interface LagWatchParts {
  database: Database;
  now: () => number;
  maxLagMs: number;
  /** Keys of the endpoints that are at their limits. */
  capped: () => Iterable<number>;
}

const maxLookEveryMs = 250;
const page = 500;
/** Pages of endpoints per call of `keepsUp`, which bounds its cost. The next call continues from there. */
const maxPages = 10;

/**
 * Tells whether this dispatcher falls behind. A backlog behind an endpoint's own limit is no lag: an endpoint counts
 * only when it has not been at its limits for `maxLagMs`, and only with rows that were free to be claimed for all of
 * that time.
 */
export function createLagWatch({ database, now, maxLagMs, capped }: LagWatchParts): LagWatch {
  const cappedAt = new Map<number, number>();
  let asked: Promise<boolean> | undefined;
  /** The last endpoint found behind, checked first: a lasting lag needs no further search. */
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
    // The usual case: one index seek.
    if (!(await isDueBefore(db, before))) return false;
    look();
    const known = behind === undefined ? [] : [behind];
    behind = (await findWaiting(db, database, known.filter(isFree), before)) ?? (await findBehind(db, before));
    return behind !== undefined;
  }

  /** Reads one row per endpoint, so that a long backlog costs no more than a short one. */
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
    lookEveryMs: Math.min(maxLookEveryMs, maxLagMs / 8),
    look,
    keepsUp() {
      // Concurrent calls share one query.
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
