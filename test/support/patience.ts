import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TestContext } from 'node:test';

const mostSlowness = 10;

/**
 * Measures elapsed time divided by processor time of a piece of work: 1 on an idle machine, 10 at most. The work takes
 * `milliseconds` of processor time and blocks this process.
 */
export function measureSlowness(milliseconds = 30): number {
  const startedAt = performance.now();
  const before = process.threadCpuUsage();
  for (;;) {
    for (let count = 0; count < 10_000; count += 1);
    const { user, system } = process.threadCpuUsage(before);
    const usedMs = (user + system) / 1000;
    if (usedMs < milliseconds) continue;
    return Math.min(Math.max((performance.now() - startedAt) / usedMs, 1), mostSlowness);
  }
}

/** The slowness that `npm test` measured before the tests; 1 for a file that is run alone. */
const slownessAtStart = (): number => Number(process.env.TEST_SLOWNESS ?? 1);

export interface Patience {
  /** Whether the time is over. Measures the slowness again before it returns true. */
  isOver(): boolean;
}

/** Starts a time limit: `milliseconds` on an idle machine, multiplied by the slowness of this one. */
export function startPatience(milliseconds: number): Patience {
  const startedAt = performance.now();
  let allowedMs = milliseconds * slownessAtStart();
  return {
    isOver: () => {
      const tookMs = performance.now() - startedAt;
      if (tookMs < allowedMs) return false;
      allowedMs = Math.max(allowedMs, milliseconds * measureSlowness());
      return tookMs >= allowedMs;
    },
  };
}

/** Calls `giveUp` when the time is over; returns a function that cancels it. */
export function afterPatience(milliseconds: number, giveUp: () => void): () => void {
  const patience = startPatience(milliseconds);
  const timer = setInterval(() => {
    if (!patience.isOver()) return;
    clearInterval(timer);
    giveUp();
  }, 250);
  return () => clearInterval(timer);
}

/** Multiplies `milliseconds` by the present slowness: an upper bound for a measured time. */
export const patient = (milliseconds: number): number => milliseconds * Math.max(slownessAtStart(), measureSlowness());

/** Milliseconds since its start that this process spent waiting for a processor. Always 0 on systems other than Linux. */
export function starvedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Starts to record stalls of this process; returns a function that stops and gives the longest stall in milliseconds. */
export function watchStalls(): () => number {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return () => {
    delay.disable();
    return delay.max / 1e6;
  };
}

/**
 * Starts to record how long this process keeps its event loop busy; returns a function that stops and gives the longest
 * turn, in milliseconds of processor time. Unlike a stall, it is the same on a machine whose processors are shared.
 */
export function watchBusyTurns(): () => number {
  let before = process.threadCpuUsage();
  let longestMs = 0;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1000);
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return longestMs;
  };
}

/**
 * Skips a test as "too slow here" if its process stalled for longer than `bearableMs`, because its measurement is meaningless then.
 * Returns whether it did: the test returns at once.
 */
export function tooSlowHere(t: TestContext, stalledMs: number, bearableMs: number): boolean {
  if (stalledMs <= bearableMs) return false;
  t.skip(`too slow here: its process stalled for ${Math.round(stalledMs)} ms`);
  return true;
}
