import { setTimeout as sleep } from 'node:timers/promises';
import type { CorrectedClock } from '../../database/corrected-clock.ts';
import { createFailureLog } from '../../lifecycle/failure-log.ts';
import type { Logger } from '../../logger.ts';
import type { ResultBuffer } from './result-buffer.ts';
import type { Worker } from './worker.ts';

export interface WorkLoop {
  /** Ends the loop's sleep: rows are due, or slots are free. */
  wake(): void;
  /** Claims and sends until `signal` is aborted. Never rejects. */
  run(): Promise<void>;
}

/** The next claim is delayed while more rows than this share of the slots are waiting … */
const plentyShare = 0.75;
/** … by at most this many pauses: a later claim brings more rows at nearly the same cost. */
const maxPauses = 5;
const pauseMs = 5;
const backoffMs = { first: 50, most: 2000 };
const longestSleepMs = 60_000;

/** The loop that sends: claim, start, sleep until something is due. */
export function createWorkLoop(parts: {
  worker: Worker;
  results: ResultBuffer;
  clock: CorrectedClock;
  logger: Logger;
  concurrency: number;
  signal: AbortSignal;
}): WorkLoop {
  const { worker, results, clock, logger, concurrency, signal } = parts;
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const failures = createFailureLog(logger, 'claiming deliveries failed');
  let isAwake = false;
  let endSleep: () => void = () => undefined;

  function wake(): void {
    isAwake = true;
    endSleep();
  }

  async function untilDue(): Promise<void> {
    if (isAwake || signal.aborted) return;
    const dueInMs = (worker.scheduler.nextDue - clock.now()) / 1000;
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(dueInMs)
        ? setTimeout(resolve, Math.min(Math.max(1, dueInMs), longestSleepMs))
        : undefined;
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function untilRoomier(): Promise<void> {
    const plenty = concurrency * plentyShare;
    for (let left = maxPauses; left > 0 && worker.scheduler.waiting > plenty && !signal.aborted; left -= 1)
      await sleep(pauseMs);
  }

  async function step(): Promise<void> {
    // Results first: after an outage their leases must not be taken for lapsed.
    if (results.isBehind) await Promise.race([results.caughtUp(), stopped]);
    // A clock that was set forward would make the leases of other processes look lapsed.
    await clock.keep();
    const asked = await worker.runOnce();
    failures.worked();
    // An empty claim is no reason to sleep: other endpoints may have rows, and an empty one is not asked again.
    if (asked === 0) await untilDue();
    else await untilRoomier();
  }

  return {
    wake,
    async run() {
      signal.addEventListener('abort', wake, { once: true });
      let pause = 0;
      while (!signal.aborted) {
        isAwake = false;
        try {
          await step();
          pause = 0;
        } catch (error) {
          pause = Math.min(backoffMs.most, pause * 2 || backoffMs.first);
          failures.failed(error);
          await sleep(pause, undefined, { signal }).catch(() => undefined);
        }
      }
    },
  };
}
