import type { Clock, SystemClock } from '../clock.ts';
import type { Database } from './database.ts';
import { withDeadline } from './deadline.ts';
import { timeSql } from './sql-text.ts';

export interface CorrectedClock {
  /**
   * The time in microseconds. With a server: the server's, as of the last good measurement, plus the monotonic time since,
   * so that no step of this machine's wall clock changes it. On the embedded database: the wall clock.
   */
  now: Clock;
  /** Measures the offset. Throws `DATABASE_UNAVAILABLE` when the database is away. */
  measure(): Promise<void>;
  /** Measures again if the last measurement is over 30 s old, or the clock has jumped since. */
  keep(): Promise<void>;
  /**
   * True if the wall clock was set, or the machine suspended, since the last measurement: a suspended machine's monotonic
   * clock stands still, and `now` may be behind. Always false on the embedded database.
   */
  readonly hasJumped: boolean;
  /**
   * Calls `listener` when `now` has moved by more than 100 ms against the monotonic time, with the microseconds it moved:
   * below zero for a move back. A move is noticed by `keep` or `now`, before either gives a time after it.
   */
  onMove(listener: (micros: number) => void): void;
}

interface Sample {
  /** Microseconds from the steady clock to the server's. */
  offset: number;
  /** Largest error of the offset when it was measured: half the round trip, in milliseconds. */
  boundMs: number;
  /** Milliseconds, on the monotonic clock. */
  at: number;
  /** Milliseconds, as of `leadOfWall`. */
  lead: number;
}

/** The server's time in microseconds since 1970. */
export const serverTimeSql = `select ${timeSql('mysql')} as micros`;

export const measureIntervalMs = 30_000;
const goodBoundMs = 100;
const tries = 3;
const jumpMs = 100;
/** How fast two clocks drift apart: 100 ppm. */
const drift = 1e-4;

/** Milliseconds from the monotonic clock to the wall clock. Constant unless a clock is set or the machine suspended. */
const leadOfWall = (): number => Date.now() - performance.now();

/** Largest error of an earlier sample by now, in milliseconds. */
function boundAt(known: Sample, { at, lead }: Sample): number {
  // The wall clock has gone ahead: the machine may have been suspended for as long.
  const suspendedMs = lead - known.lead > jumpMs ? lead - known.lead : 0;
  return known.boundMs + (at - known.at) * drift + suspendedMs;
}

/**
 * A clock corrected to the database server's, by which processes on several machines agree on due times and leases.
 * `system` is the clock of this machine.
 */
export function createCorrectedClock(
  database: Pick<Database, 'engine' | 'read' | 'rows'>,
  system: SystemClock,
): CorrectedClock {
  const isEmbedded = database.engine === 'sqlite';
  const local = isEmbedded ? system : system.steady;
  let known: Sample | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  const moves = createMoveWatch();

  const now = (): number => moves.watched(() => local() + (known?.offset ?? 0));

  async function sample(): Promise<Sample> {
    const lead = leadOfWall();
    const sentAt = performance.now();
    const before = system.steady();
    const answer = await withDeadline(database.read((db) => db.raw(serverTimeSql)));
    const at = performance.now();
    const boundMs = (at - sentAt) / 2;
    const [row] = database.rows<{ micros: number }>(answer);
    return { offset: Math.round(Number(row?.micros) - before - boundMs * 1000), boundMs, at, lead };
  }

  /** Adopts a sample that is more accurate than the known one, or proves that a clock has moved. Returns whether it did. */
  function adopt(one: Sample): boolean {
    const boundMs = known ? boundAt(known, one) : Number.POSITIVE_INFINITY;
    const isFar = known && Math.abs(one.offset - known.offset) > (one.boundMs + boundMs) * 1000;
    if (known && !isFar && one.boundMs >= boundMs) {
      known = { ...known, boundMs, at: one.at, lead: one.lead };
      return false;
    }
    const isFirst = !known;
    known = one;
    // The first measurement is no move: this process has written no time before.
    if (isFirst) moves.forget();
    now();
    return true;
  }

  async function measure(): Promise<void> {
    if (isEmbedded) return;
    triedAt = performance.now();
    // A long round trip (a frozen process, a busy server) makes a sample inaccurate: worth another try if it counts.
    for (let left = tries; left > 0; left -= 1) {
      const latest = await sample();
      if (!adopt(latest) || latest.boundMs < goodBoundMs) break;
    }
  }

  const hasJumped = (): boolean => !isEmbedded && Math.abs(leadOfWall() - (known?.lead ?? firstLead)) > jumpMs;
  const firstLead = leadOfWall();

  return {
    now,
    measure,
    async keep() {
      if (performance.now() - triedAt > measureIntervalMs) await measure();
      while (hasJumped()) await measure();
      now();
    },
    get hasJumped() {
      return hasJumped();
    },
    onMove: moves.onMove,
  };
}

/** Compares a clock with the monotonic one at each reading. */
function createMoveWatch() {
  const listeners: ((micros: number) => void)[] = [];
  /** Milliseconds from the monotonic clock to the watched one. */
  let lead: number | undefined;

  return {
    onMove: (listener: (micros: number) => void): void => void listeners.push(listener),
    forget(): void {
      lead = undefined;
    },
    watched(read: Clock): number {
      const before = performance.now();
      const time = read();
      const after = performance.now();
      lead ??= time / 1000 - after;
      const movedMs = time / 1000 - after - lead;
      // A process interrupted between the readings would see a move back where there is none.
      if (Math.abs(movedMs) <= jumpMs || (movedMs < 0 && movedMs + (after - before) > -jumpMs)) return time;
      lead += movedMs;
      for (const listener of listeners) listener(Math.round(movedMs * 1000));
      return time;
    },
  };
}
