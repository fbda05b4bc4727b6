import type { Bound, Table } from './report.ts';

/** The results of one scenario. */
export interface Findings {
  /** Descriptions of the measurement, a line each. */
  readonly circumstances: readonly string[];
  readonly tables: readonly Table[];
  readonly bounds: readonly Bound[];
}

/** The value below which `share` of all values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

export const atMostMs = (name: string, found: number, limit: number): Bound => ({
  name,
  found: `${found.toFixed(1)} ms`,
  wanted: `at most ${limit.toFixed(1)} ms`,
  isMet: found <= limit,
});

/** Formats a number with thousands separators. */
export const grouped = (value: number): string => value.toLocaleString('en');
