// Announces when requests are due. Timers of the event loop only know whole milliseconds; a sleeping thread is more
// exact.
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from '../support/contestant.ts';

export interface Pace {
  readonly everyMs: number;
  readonly count: number;
}

/** `reached` requests are due so far; the first one was due at `startMs`, on the clock that all processes share. */
export interface Due {
  readonly startMs: number;
  readonly reached: number;
}

const { everyMs, count } = workerData as Pace;
const cell = new Int32Array(new SharedArrayBuffer(4));
const startMs = monotonicMs() + 10;

for (let reached = 0; reached < count; ) {
  const waitMs = startMs + reached * everyMs - monotonicMs();
  if (waitMs > 0) Atomics.wait(cell, 0, 0, waitMs);
  reached = Math.min(count, Math.floor((monotonicMs() - startMs) / everyMs) + 1);
  if (reached > 0) parentPort?.postMessage({ startMs, reached } satisfies Due);
}
