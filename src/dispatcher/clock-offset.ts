import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';

export interface CorrectedClock {
  /** The process's time, moved by what it was measured to be off the database's. */
  now: Clock;
  measure(): Promise<void>;
}

const maxRoundTripMs = 200;
const tries = 3;

/** Processes on several machines agree on due times and leases by the database's clock. */
export function createCorrectedClock(database: Database, now: Clock): CorrectedClock {
  let offset = 0;

  async function sample(): Promise<{ offset: number; roundTripMs: number }> {
    const sentAt = performance.now();
    const before = Date.now();
    const answer = await database.read((db) =>
      db.raw('select cast(unix_timestamp(now(6)) * 1000000 as unsigned) as micros'),
    );
    const roundTripMs = performance.now() - sentAt;
    const [row] = database.rows<{ micros: number }>(answer);
    return { offset: Math.round(Number(row?.micros) - (before + roundTripMs / 2) * 1000), roundTripMs };
  }

  return {
    now: () => now() + offset,
    async measure() {
      if (database.engine === 'sqlite') return;
      // A process that was frozen, or a server that was busy, between the two readings says little about the clocks.
      const samples = [];
      for (let left = tries; left > 0; left -= 1) {
        const latest = await sample();
        samples.push(latest);
        if (latest.roundTripMs < maxRoundTripMs) break;
      }
      offset = samples.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)).offset;
    },
  };
}
