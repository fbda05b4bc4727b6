const grammar = /^%=\s*(\d{1,9})(?:\s+to\s+(\d{1,9})(?:\s+by\s+(\d{1,9}))?)?$/i;
const defaultStep = 10;
const maxPercent = 1000;

/** Maximum number of thresholds of a condition, over all its intervals. */
export const maxThresholds = 200;

/** Percentages of a target: sorted ascending, unique. */
export type Thresholds = readonly number[];

/**
 * Parses `%= A`, `%= A to B` (in steps of 10) or `%= A to B by S`, in any case, to percentages. B itself is included only if a step
 * lands on it. Returns a message, to be appended to the name of the value, when the text is invalid.
 */
export function parseUsageTarget(text: string): number[] | string {
  const [, first, last = first, step = defaultStep] = grammar.exec(text.trim()) ?? [];
  if (first === undefined) return 'must be %= A, %= A to B or %= A to B by S, with whole numbers';
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  if (from < 1) return 'must start above 0 %';
  if (to < from) return 'must not end below its start';
  if (to > maxPercent) return `must not end above ${maxPercent} %`;
  if (by < 1) return 'must have a step of at least 1';
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

/** Union of several intervals, sorted and without duplicates. */
export const unionOf = (intervals: readonly Thresholds[]): number[] =>
  [...new Set(intervals.flat())].sort((a, b) => a - b);
