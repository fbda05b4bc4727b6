import { settledWithin } from '../answered-within.ts';
import { repeat } from '../lifecycle/repeating.ts';
import type { Logger } from '../logger.ts';
import type { MeteredSink } from '../plugin.ts';
import { Outlet } from './outlet.ts';
import type { Use } from './tally.ts';

/** Counts uses of products in memory and flushes them to sinks. */
export interface Metering {
  /** Costs a few map look-ups and never fails. Without a sink, uses are not counted. */
  count(use: Use): void;
  /** Adds a sink for all uses from now on. Its errors are logged to `logger`. */
  addSink(sink: MeteredSink, logger: Logger): void;
  /** Starts flushing the counts to the sinks, once a second. */
  start(): void;
  /** Flushes the rest. Uses that the sinks do not accept within 3 seconds are lost; their number is logged. */
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
      // Not awaited: a slow sink must not delay the others. `stop` awaits them.
      const handOver = async (): Promise<void> => outlets.forEach((outlet) => void outlet.handOver());
      stopRepeating = repeat(intervalMs, handOver, logger);
    },
    stop: async () => {
      await stopRepeating();
      await handOverRest(outlets, stopTimeoutMs);
      const lost = outlets.reduce((sum, outlet) => sum + outlet.giveUp(), 0);
      if (lost > 0) logger.error('metered uses lost, not accepted before the stop', { uses: lost });
    },
  };
}

async function handOverRest(outlets: readonly Outlet[], timeoutMs: number): Promise<void> {
  const over = new AbortController();
  await settledWithin(timeoutMs, Promise.all(outlets.map((outlet) => outlet.end(over.signal))));
  over.abort();
}
