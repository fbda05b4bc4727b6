import type { CorrectedClock } from '../../database/corrected-clock.ts';
import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { longWaitMicros } from '../model/policy.ts';
import { createLaterRows, type LaterRow } from '../store/later-rows.ts';
import { postponeMicros } from './attempt-runs.ts';

export interface DueRepair {
  /** Makes rows due now whose due times come from a clock that was wrong. Resolves to the keys of their endpoints. */
  run(): Promise<number[]>;
}

/** Allowance for the clocks of other processes. */
const marginMicros = 60_000_000;
const lateRows = 500;
const newRows = 1000;
/** Pages of later rows per run. The next run continues from there. */
const maxPages = 20;
/**
 * Passes after a step back, in milliseconds since: transactions that were open at the step commit later, and other processes
 * notice it within an interval between measurements.
 */
const passesMs = [0, 2000, 10_000, 40_000];
const anyAttempts = Number.MAX_SAFE_INTEGER;

/**
 * Finds rows that a wrong clock has put off. Rows that are due later than any rule allows are pulled in by each run. Rows
 * without an attempt need no clock to be due: they are pulled in at the start, and when the clock has moved back.
 */
export function createDueRepair(parts: {
  database: Database;
  clock: CorrectedClock;
  settings: { retryIntervalMicros: number };
  signal: AbortSignal;
}): DueRepair {
  const { database, clock, settings, signal } = parts;
  const longestMicros = Math.max(settings.retryIntervalMicros, postponeMicros, longWaitMicros) + marginMicros;
  let passes = [performance.now()];
  /** Due time at which the present pass continues; undefined between passes. */
  let next: number | undefined;
  /** Due time at which the look at late rows continues, among rows with long waits of their own; undefined: at the first. */
  let nextLate: number | undefined;

  clock.onMove((micros) => {
    if (micros > 0) return;
    passes = passesMs.map((ms) => performance.now() + ms);
    next = undefined;
  });

  const dueFrom = (from: number, limit: number): Promise<LaterRow[]> =>
    database.read((db) => createLaterRows(db, database).find(from, limit));

  async function pullIn(rows: readonly LaterRow[], from: number, maxAttempts: number): Promise<number[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.delivery_id);
    return withDeadline(
      database.transaction((trx) => createLaterRows(trx, database).pullIn(ids, clock.now(), from, maxAttempts)),
    );
  }

  /** One page of the rows that are due later than usual. */
  async function pullInLate(): Promise<number[]> {
    const from = clock.now() + longestMicros;
    const start = Math.max(from, nextLate ?? from);
    const rows = await dueFrom(start, lateRows);
    const late = rows.filter((row) => row.due_at - row.wait_us >= from);
    const found = await pullIn(late, from, anyAttempts);
    nextLate = rows.length < lateRows ? undefined : nextAfter(rows, start, found);
    return found;
  }

  /** One page of the present pass. */
  async function pullInNew(start: number): Promise<number[]> {
    const from = Math.max(start, clock.now() + 1);
    next = from;
    const rows = await dueFrom(from, newRows);
    const waiting = rows.filter((row) => row.attempt_count === 0);
    const found = await pullIn(waiting, from, 0);
    // The clock has moved back meanwhile: the pass starts again.
    if (next !== from) return found;
    next = rows.length < newRows ? undefined : nextAfter(rows, from, found);
    return found;
  }

  return {
    async run() {
      const found = await pullInLate();
      for (let pages = 0; pages < maxPages && !signal.aborted; pages += 1) {
        if (next === undefined) {
          const [at = Number.POSITIVE_INFINITY] = passes;
          if (at > performance.now()) break;
          passes.shift();
          next = 0;
        }
        found.push(...(await pullInNew(next)));
      }
      return [...new Set(found)];
    },
  };
}

/** Due time at which the look continues after a full page from `start`. */
function nextAfter(rows: readonly LaterRow[], start: number, found: readonly number[]): number {
  const last = rows.at(-1)?.due_at ?? start;
  // Rows with equal due times may fill a page. The ones that were pulled in leave it.
  return last === start && found.length === 0 ? last + 1 : last;
}
