import { starvedMs } from './patience.ts';

export interface Timed<T> {
  result: T;
  /** Elapsed milliseconds. */
  tookMs: number;
  /** Elapsed milliseconds without the time that this process waited for a processor. */
  ownMs: number;
}

/** Runs `run` and measures its duration. */
export async function timed<T>(run: () => Promise<T>): Promise<Timed<T>> {
  const starvedBefore = starvedMs();
  const startedAt = performance.now();
  const result = await run();
  const tookMs = performance.now() - startedAt;
  return { result, tookMs, ownMs: tookMs - (starvedMs() - starvedBefore) };
}
