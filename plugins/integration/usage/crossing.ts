/** A counter before and after an addition, and its target. Integers of any size. */
export interface Step {
  before: bigint;
  after: bigint;
  target: bigint;
}

/** The percentages crossed by a step: above `above`, up to and including `upTo`. */
export interface PercentRange {
  above: number;
  upTo: number;
}

/**
 * The percentages that a step has crossed. A threshold T is crossed when `before·100 < T·target ≤ after·100`. For
 * integer T that is `⌊before·100 / target⌋ < T ≤ ⌊after·100 / target⌋`, which does not depend on the thresholds.
 * Undefined when the range is empty or there is no target.
 */
export function crossedPercents({ before, after, target }: Step): PercentRange | undefined {
  if (target <= 0n) return undefined;
  const above = (before * 100n) / target;
  const upTo = (after * 100n) / target;
  return upTo > above ? { above: clamp(above), upTo: clamp(upTo) } : undefined;
}

/** The clamp is far above every threshold and exact as a number. */
const clamp = (percent: bigint): number => (percent > 1_000_000n ? 1_000_000 : Number(percent));

export const isCrossed = (threshold: number, { above, upTo }: PercentRange): boolean =>
  threshold > above && threshold <= upTo;
