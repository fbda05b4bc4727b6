/** A counter before and after something was added to it, and what it aims at. Whole numbers of any size. */
export interface Step {
  before: bigint;
  after: bigint;
  target: bigint;
}

/** Percentages that a step has passed or met: those above `above`, up to and including `upTo`. */
export interface PercentRange {
  above: number;
  upTo: number;
}

/**
 * A threshold T is crossed when `before·100 < T·target ≤ after·100`. For whole T that is `⌊before·100 / target⌋ < T ≤
 * ⌊after·100 / target⌋`, which needs no look at the thresholds. Undefined when there is none, or no target.
 */
export function crossedPercents({ before, after, target }: Step): PercentRange | undefined {
  if (target <= 0n) return undefined;
  const above = (before * 100n) / target;
  const upTo = (after * 100n) / target;
  return upTo > above ? { above: clamp(above), upTo: clamp(upTo) } : undefined;
}

/** Far above every threshold, and exact as a number. */
const clamp = (percent: bigint): number => (percent > 1_000_000n ? 1_000_000 : Number(percent));

export const isCrossed = (threshold: number, { above, upTo }: PercentRange): boolean =>
  threshold > above && threshold <= upTo;
