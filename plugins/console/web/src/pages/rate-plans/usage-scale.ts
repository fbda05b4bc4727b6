const mostTicks = 60;

/** A bar of usage in percent of the target. */
export interface UsageScale {
  /** Percentage at the end of the bar. */
  readonly most: number;
  /** Thresholds on the bar, ascending. */
  readonly ticks: readonly number[];
}

/**
 * The bar shows the target, the usage and the thresholds up to twice as far as those: a threshold far away does not
 * shrink the rest. Of many thresholds some are left out.
 */
export function usageScale(percent: number, thresholds: readonly number[]): UsageScale {
  const least = Math.max(100, percent);
  const shown = thresholds.filter((threshold) => threshold <= 2 * least);
  const step = Math.ceil(shown.length / mostTicks);
  return {
    most: Math.max(least, shown.at(-1) ?? 0),
    ticks: shown.filter((_, index) => index % step === 0),
  };
}

/** The lowest threshold that the usage has not reached; undefined if there is none. */
export const nextThreshold = (percent: number, thresholds: readonly number[]): number | undefined =>
  thresholds.find((threshold) => threshold > percent);

/** A percentage that is never rounded up: 99.99 % have not reached 100 %. */
export const roundedDown = (percent: number): number => Math.floor(percent * 10) / 10;
