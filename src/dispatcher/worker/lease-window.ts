import { type CorrectedClock, measureIntervalMs } from '../../database/corrected-clock.ts';
import type { LeaseWindow } from '../store/queue-repository.ts';

/** Allowance for a process with a longer `DISPATCH_LEASE_MS`. */
const marginMicros = 300_000_000;

interface Move {
  at: number;
  micros: number;
}

/**
 * Returns which leases are in force at a time. A lease that was written before the clock moved is measured by the clock as
 * it was: a step neither ends it nor prolongs it. Other processes may notice the move a measurement later, so moves are
 * remembered for the length of a lease and one interval between measurements.
 */
export function createLeaseWindow(clock: CorrectedClock, leaseMicros: number): (time: number) => LeaseWindow {
  const rememberMs = leaseMicros / 1000 + measureIntervalMs;
  let moves: Move[] = [];
  let count = 0;
  clock.onMove((micros) => {
    count += 1;
    moves.push({ at: performance.now(), micros });
  });

  return (time) => {
    const since = performance.now() - rememberMs;
    if (moves[0] && moves[0].at < since) moves = moves.filter(({ at }) => at >= since);
    const seen = count;
    const window = { from: time, to: time + leaseMicros + marginMicros, isCurrent: () => seen === count };
    for (const { micros } of moves) {
      if (micros > 0) window.from -= micros;
      else window.to -= micros;
    }
    return window;
  };
}
