import { type RateCount, windowSeconds } from './rate-count.ts';

const windowMicros = windowSeconds * 1_000_000;
const defaultMaxKeys = 50_000;

/**
 * Counts a call by its key and time (microseconds), in windows of a minute that begin with a key's first call. Two
 * generations of maps: every minute, or at `maxKeys`, the current one becomes the old one. Bounded, synchronous, no
 * timers. A flood of keys evicts keys that have been idle, never keys in steady use.
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

/** Setting the clock back must not lengthen a window. */
const isOver = (end: number, at: number): boolean => at >= end || end - at > windowMicros;
