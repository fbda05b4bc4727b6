import type { Result } from '../model/delivery.ts';

/**
 * While attempts are in flight, results wait this long for others: a large write takes little longer than a small one.
 */
const gatherMs = 25;

export type OpenResults = ReturnType<typeof createOpenResults>;

/** Results that are waiting or being stored. */
export function createOpenResults() {
  const open = new Set<Result>();
  let progress = Promise.withResolvers<void>();

  function close(results: Iterable<Result>): void {
    for (const result of results) open.delete(result);
    progress.resolve();
    progress = Promise.withResolvers();
  }

  return {
    get size() {
      return open.size;
    },
    add: (result: Result) => void open.add(result),
    close,
    closeAll: () => close([...open]),
    /** Resolves when all results that are open now are closed. */
    async caughtUp(): Promise<void> {
      const late = [...open];
      while (late.some((result) => open.has(result))) await progress.promise;
    },
  };
}

/** A pause of `gatherMs` that can be ended early. */
export function createGathering() {
  let end: () => void = () => undefined;
  return {
    end: () => end(),
    wait: () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, gatherMs);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
