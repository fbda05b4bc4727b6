import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import { withDeadline } from './deadline.ts';

export interface CorrectedClock {
  /** The process's time, moved by what it was measured to be off the database's. */
  now: Clock;
  measure(): Promise<void>;
  /** Measures again if the last time was long ago, or the clock has jumped since. */
  keep(): Promise<void>;
  /** The wall clock was set, or the machine was suspended, since the last measurement: what `now` gives may be far off. */
  readonly hasJumped: boolean;
}

interface Sample {
  offset: number;
  roundTripMs: number;
  lead: number;
}

const maxRoundTripMs = 200;
const tries = 3;
const measureIntervalMs = 30_000;
const jumpMs = 100;

/** How far the wall clock is before the monotonic one. It stays so unless one of them is set or stands still. */
const leadOfWall = (): number => Date.now() - performance.now();

/** Processes on several machines agree on due times and leases by the database's clock. */
export function createCorrectedClock(database: Database, now: Clock): CorrectedClock {
  let offset = 0;
  let lead = leadOfWall();
  let triedAt = Number.NEGATIVE_INFINITY;

  async function sample(): Promise<Sample> {
    const lead = leadOfWall();
    const sentAt = performance.now();
    const before = Date.now();
    const answer = await withDeadline(
      database.read((db) => db.raw('select cast(unix_timestamp(now(6)) * 1000000 as unsigned) as micros')),
    );
    const roundTripMs = performance.now() - sentAt;
    const [row] = database.rows<{ micros: number }>(answer);
    return { offset: Math.round(Number(row?.micros) - (before + roundTripMs / 2) * 1000), roundTripMs, lead };
  }

  async function measure(): Promise<void> {
    if (database.engine === 'sqlite') return;
    triedAt = performance.now();
    // A process that was frozen, or a server that was busy, between the two readings says little about the clocks.
    const samples: Sample[] = [];
    for (let left = tries; left > 0; left -= 1) {
      const latest = await sample();
      samples.push(latest);
      if (latest.roundTripMs < maxRoundTripMs) break;
    }
    ({ offset, lead } = samples.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)));
  }

  /** The embedded database has no clock of its own to be off from. */
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
