import { setTimeout as sleep } from 'node:timers/promises';

/** The first result of `attempt` that is not undefined. Throws after two minutes; errors of an attempt count as no result. */
export async function waitFor<T>(what: string, attempt: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const until = performance.now() + 120_000;
  for (;;) {
    const result = await Promise.resolve()
      .then(attempt)
      .catch(() => undefined);
    if (result !== undefined) return result;
    if (performance.now() > until) throw new Error(`${what}: not within two minutes`);
    await sleep(50);
  }
}

/** Seconds that `work` takes, with one decimal. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) / 100) / 10;
}

export const isReady = async (address: string): Promise<true | undefined> =>
  (await fetch(`${address}/readyz`)).status === 200 || undefined;
