import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Timed<T> {
  result: T;
  /** Milliseconds, as a clock on the wall shows them. */
  tookMs: number;
  /** The same without the longest time for which this process was kept from running: how late a timer may have come for it. */
  ownMs: number;
}

/** Runs it and says how long that took, also where a busy machine held up this process meanwhile. */
export async function timed<T>(run: () => Promise<T>): Promise<Timed<T>> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  const result = await run();
  const tookMs = performance.now() - start;
  // What kept it to the very end is known after the next turn only.
  await new Promise((resolve) => setTimeout(resolve, 10));
  delay.disable();
  return { result, tookMs, ownMs: tookMs - delay.max / 1e6 };
}
