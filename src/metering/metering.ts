import { settledWithin } from '../answered-within.ts';
import { repeat } from '../lifecycle/repeating.ts';
import type { Logger } from '../logger.ts';
import type { MeteredSink } from '../plugin.ts';
import { Outlet } from './outlet.ts';
import type { Use } from './tally.ts';

/** Counts uses of products in memory and hands them to whoever keeps them. */
export interface Metering {
  /** Costs a few map look-ups, and never fails. Without a sink nothing is counted. */
  count(use: Use): void;
  /** From now on this one gets every use as well. Errors are logged under `logger`. */
  addSink(sink: MeteredSink, logger: Logger): void;
  /** Begins to hand over what was counted, once a second. */
  start(): void;
  /** Hands over the rest; what is not taken within a few seconds is lost, and logged. */
  stop(): Promise<void>;
}

const usualTimes = { intervalMs: 1000, stopTimeoutMs: 3000 };

export function createMetering(logger: Logger, times: Partial<typeof usualTimes> = {}): Metering {
  const { intervalMs, stopTimeoutMs } = { ...usualTimes, ...times };
  const outlets: Outlet[] = [];
  let stopRepeating = async (): Promise<void> => {};

  return {
    count: (use) => {
      for (const outlet of outlets) outlet.add(use);
    },
    addSink: (sink, ownLogger) => void outlets.push(new Outlet(sink, ownLogger)),
    start: () => {
      // Not awaited: a sink that takes long must not hold up the others. `stop` waits for them.
      const handOver = async (): Promise<void> => outlets.forEach((outlet) => void outlet.handOver());
      stopRepeating = repeat(intervalMs, handOver, logger);
    },
    stop: async () => {
      await stopRepeating();
      await handOverRest(outlets, stopTimeoutMs);
      const lost = outlets.reduce((sum, outlet) => sum + outlet.giveUp(), 0);
      if (lost > 0) logger.error('metered uses are lost: nobody took them', { uses: lost });
    },
  };
}

async function handOverRest(outlets: readonly Outlet[], timeoutMs: number): Promise<void> {
  const over = new AbortController();
  await settledWithin(timeoutMs, Promise.all(outlets.map((outlet) => outlet.end(over.signal))));
  over.abort();
}
