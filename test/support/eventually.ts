import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { startPatience } from './patience.ts';

const longestPauseMs = 10;

/**
 * Calls `ask` until its result is neither undefined nor false, and resolves to that result. Throws after `timeoutMs`, multiplied by
 * the slowness of the machine. The pauses between two calls grow from none to 10 ms.
 */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 15_000): Promise<T> {
  const patience = startPatience(timeoutMs);
  for (let pauseMs = -longestPauseMs; ; pauseMs += 1) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (patience.isOver()) throw new Error(`The condition did not hold within ${timeoutMs} ms on this machine: ${ask}`);
    await (pauseMs < 1 ? turn() : sleep(Math.min(pauseMs, longestPauseMs)));
  }
}
