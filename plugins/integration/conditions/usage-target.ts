const grammar = /^%=\s*(\d{1,9})(?:\s+to\s+(\d{1,9})(?:\s+by\s+(\d{1,9}))?)?$/;
const defaultStep = 10;
const maxPercent = 1000;

/** As many as a condition may have, over all its intervals. */
export const maxThresholds = 200;

/** Percentages of a target, smallest first and none twice. */
export type Thresholds = readonly number[];

/**
 * The percentages of `%= A`, `%= A to B` (in steps of 10) or `%= A to B by S`. The end counts only where a step meets it.
 * Gives a text that says what is wrong for anything else.
 */
export function parseUsageTarget(text: string): number[] | string {
  const [, first, last = first, step = defaultStep] = grammar.exec(text.trim()) ?? [];
  if (first === undefined) return 'must be %= A, %= A to B or %= A to B by S, with whole numbers';
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  if (from < 1) return 'must begin above 0 %';
  if (to < from) return 'must not end below its beginning';
  if (to > maxPercent) return `must not end above ${maxPercent} %`;
  if (by < 1) return 'must have a step of 1 or more';
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

/** What several intervals have together. */
export const unionOf = (intervals: readonly Thresholds[]): number[] =>
  [...new Set(intervals.flat())].sort((a, b) => a - b);
