/** Calls of the last minute, in one process. */
export interface WindowCounts {
  /** Calls by duration, in the buckets of `quantileMs`. */
  readonly buckets: readonly number[];
  readonly errors: number;
  /** Length of the window in seconds: shorter than a minute in a young process. */
  readonly seconds: number;
}

const slotMs = 5000;
/** The oldest slot gives its place to the running one: the window is 55 to 60 seconds long. */
const slots = 12;
const firstBoundMs = 0.1;
const bucketsPerDoubling = 4;
/** The last bucket begins at 74 s. */
const bucketCount = 80;
const width = bucketCount + 1;

/** A sliding window over the calls of one target: 4 KiB, and no allocation for a call. Times are `performance.now()`. */
export class CallWindow {
  /** Number of the period that each slot has counted last. */
  readonly #periods = new Float64Array(slots).fill(-1);
  /** The buckets of each slot, and its errors. */
  readonly #counts = new Uint32Array(slots * width);

  add(now: number, durationMs: number, isError: boolean): void {
    const period = Math.floor(now / slotMs);
    const slot = period % slots;
    const start = slot * width;
    if (this.#periods[slot] !== period) {
      this.#periods[slot] = period;
      this.#counts.fill(0, start, start + width);
    }
    const place = start + bucketOf(durationMs);
    this.#counts[place] = (this.#counts[place] as number) + 1;
    if (isError) this.#counts[start + bucketCount] = (this.#counts[start + bucketCount] as number) + 1;
  }

  read(now: number): WindowCounts {
    const first = Math.max(0, Math.floor(now / slotMs) - slots + 1);
    const sums = Array<number>(width).fill(0);
    for (const [slot, period] of this.#periods.entries()) {
      if (period < first) continue;
      for (let index = 0; index < width; index += 1)
        sums[index] = (sums[index] as number) + (this.#counts[slot * width + index] as number);
    }
    const errors = sums.pop() ?? 0;
    return {
      buckets: sums.slice(0, sums.findLastIndex((count) => count > 0) + 1),
      errors,
      seconds: secondsSince(first, now),
    };
  }
}

const secondsSince = (period: number, now: number): number => Math.max(now - period * slotMs, 1) / 1000;

/** The counts of a target without calls. */
export const noCalls: WindowCounts = { buckets: [], errors: 0, seconds: 60 };

const bucketOf = (ms: number): number =>
  ms <= firstBoundMs ? 0 : Math.min(bucketCount - 1, Math.ceil(Math.log2(ms / firstBoundMs) * bucketsPerDoubling));

/**
 * Estimates a quantile (0 to 1) of durations in milliseconds: off by a fifth at most, usually by less than a tenth. Null
 * without calls.
 */
export function quantileMs(buckets: readonly number[], quantile: number): number | null {
  const total = sumOf(buckets);
  if (total === 0) return null;
  let left = quantile * total;
  const index = buckets.findIndex((count) => {
    if (count > 0 && left <= count) return true;
    left -= count;
    return false;
  });
  const share = left / (buckets[index] ?? 1);
  return Math.round(firstBoundMs * 2 ** ((index - 1 + share) / bucketsPerDoubling) * 100) / 100;
}

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Adds lists of buckets, which may have different lengths. */
export function addBuckets(lists: readonly (readonly number[])[]): number[] {
  const sums: number[] = [];
  for (const list of lists) for (const [index, count] of list.entries()) sums[index] = (sums[index] ?? 0) + count;
  return sums;
}
