/** The thresholds that usage crosses on its way from one count to another, ascending. */
export const crossedThresholds = (
  before: number,
  after: number,
  target: number,
  thresholds: readonly number[],
): number[] => thresholds.filter((each) => before * 100 < each * target && each * target <= after * 100);
