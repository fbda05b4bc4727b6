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

export interface Patience {
  /** Whether the time is over. Measures the slowness again before it returns true. */
  isOver(): boolean;
}

/** Starts a time limit: `milliseconds` on an idle machine, multiplied by the slowness of this one, at least by `slowness`. */
export function startPatience(milliseconds: number, slowness = 1): Patience {
  const startedAt = performance.now();
  let allowedMs = milliseconds * slowness;
  return {
    isOver: () => {
      const tookMs = performance.now() - startedAt;
      if (tookMs < allowedMs) return false;
      allowedMs = Math.max(allowedMs, milliseconds * measureSlowness());
      return tookMs >= allowedMs;
    },
  };
}

/** Starts a time limit of exactly `milliseconds`. */
export function startTimeLimit(milliseconds: number): Patience {
  const startedAt = performance.now();
  return { isOver: () => performance.now() - startedAt >= milliseconds };
}

/** Calls `giveUp` when the time is over; returns a function that cancels it. */
export function afterPatience({ isOver }: Patience, giveUp: () => void): () => void {
  const timer = setInterval(() => {
    if (!isOver()) return;
    clearInterval(timer);
    giveUp();
  }, 100);
  return () => clearInterval(timer);
}
