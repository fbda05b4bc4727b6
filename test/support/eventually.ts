import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 10;

/** Asks again and again until there is an answer; fails when it takes too long. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 15_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`It did not happen within ${timeoutMs} ms.`);
    await sleep(pollMs);
  }
}
