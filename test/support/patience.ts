import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import {
  afterPatience as callAfterPatience,
  measureSlowness,
  type Patience,
  startPatience as startPatienceFrom,
} from '../../src/testing/patience.ts';

/** The slowness that `npm test` measured before the tests; 1 for a file that is run alone. */
const slownessAtStart = (): number => Number(process.env.TEST_SLOWNESS ?? 1);

/** Starts a time limit: `milliseconds` on an idle machine, multiplied by the slowness of this one. */
export const startPatience = (milliseconds: number): Patience => startPatienceFrom(milliseconds, slownessAtStart());

/** Calls `giveUp` when the time is over; returns a function that cancels it. */
export const afterPatience = (milliseconds: number, giveUp: () => void): (() => void) =>
  callAfterPatience(startPatience(milliseconds), giveUp);

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
