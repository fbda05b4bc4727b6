import { type RateCount, windowSeconds } from './rate-count.ts';

const windowMicros = windowSeconds * 1_000_000;
const defaultMaxKeys = 50_000;

/**
 * Counts a call by its key and time (microseconds), in windows of a minute that begin with a key's first call. Answers at once
 * and sets no timers: every minute, or when there are `maxKeys` new keys, the younger half of what is known takes the place of the older one, whose
 * windows are over by then. A flood of keys makes it forget those that have not come lately, never those that keep coming.
 */
export function createLocalRateCounts(maxKeys = defaultMaxKeys): (key: string, at: number) => RateCount {
  let current = new Map<string, RateCount>();
  let older = new Map<string, RateCount>();
  let turnsAt = 0;

  return (key, at) => {
    if (isOver(turnsAt, at) || current.size >= maxKeys) {
      older = current;
      current = new Map();
      turnsAt = at + windowMicros;
    }
    let count = current.get(key);
    if (!count) {
      count = older.get(key) ?? { used: 0, resetsAt: 0, isShared: false };
      current.set(key, count);
    }
    if (isOver(count.resetsAt, at)) {
      count.used = 0;
      count.resetsAt = at + windowMicros;
    }
    count.used += 1;
    return count;
  };
}

/** A clock that was set back must not make a window longer. */
const isOver = (end: number, at: number): boolean => at >= end || end - at > windowMicros;
