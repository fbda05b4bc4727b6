import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import { withDeadline } from './deadline.ts';

export interface CorrectedClock {
  /** The local time plus the measured offset to the database server's clock, in microseconds. */
  now: Clock;
  /** Measures the offset. Throws `DATABASE_UNAVAILABLE` when the database is away. */
  measure(): Promise<void>;
  /** Measures again if the last measurement is over 30 s old, or the clock has jumped since. */
  keep(): Promise<void>;
  /** True if the wall clock was set, or the machine suspended, since the last measurement: `now` may be far off. */
  readonly hasJumped: boolean;
}

interface Sample {
  /** Microseconds. */
  offset: number;
  roundTripMs: number;
  /** Milliseconds, as of `leadOfWall`. */
  lead: number;
}

/**
 * The server's time in microseconds since 1970, by UTC: in a zone with summer time, `now()` names two moments alike in the
 * hour before the clocks go back.
 */
export const serverTimeSql = "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) as micros";

const maxRoundTripMs = 200;
const tries = 3;
const measureIntervalMs = 30_000;
const jumpMs = 100;

/** Milliseconds from the monotonic clock to the wall clock. Constant unless a clock is set or the machine suspended. */
const leadOfWall = (): number => Date.now() - performance.now();

/**
 * A clock corrected to the database server's, by which processes on several machines agree on due times and leases.
 * `now` is the local clock, in microseconds.
 */
export function createCorrectedClock(database: Database, now: Clock): CorrectedClock {
  let offset = 0;
  let lead = leadOfWall();
  let triedAt = Number.NEGATIVE_INFINITY;

  async function sample(): Promise<Sample> {
    const lead = leadOfWall();
    const sentAt = performance.now();
    const before = Date.now();
    const answer = await withDeadline(database.read((db) => db.raw(serverTimeSql)));
    const roundTripMs = performance.now() - sentAt;
    const [row] = database.rows<{ micros: number }>(answer);
    return { offset: Math.round(Number(row?.micros) - (before + roundTripMs / 2) * 1000), roundTripMs, lead };
  }

  async function measure(): Promise<void> {
    if (database.engine === 'sqlite') return;
    triedAt = performance.now();
    // A long round trip (a frozen process, a busy server) makes the sample inaccurate: try again, keep the shortest.
    const samples: Sample[] = [];
    for (let left = tries; left > 0; left -= 1) {
      const latest = await sample();
      samples.push(latest);
      if (latest.roundTripMs < maxRoundTripMs) break;
    }
    ({ offset, lead } = samples.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)));
  }

  /** Always false on the embedded database, which shares this machine's clock. */
  const hasJumped = (): boolean => database.engine !== 'sqlite' && Math.abs(leadOfWall() - lead) > jumpMs;

  return {
    now: () => now() + offset,
    measure,
    async keep() {
      if (performance.now() - triedAt > measureIntervalMs) await measure();
      while (hasJumped()) await measure();
    },
    get hasJumped() {
      return hasJumped();
    },
  };
}
