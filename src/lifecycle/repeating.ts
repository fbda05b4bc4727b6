import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { createFailureLog } from './failure-log.ts';

/** Longest wait of a stop for a run: a frozen database would hold it for longer than a supervisor waits for the process. */
const stopWithinMs = 2000;

/**
 * Runs `work` repeatedly, with a pause of `milliseconds` before each run. Returns a stop function that awaits the
 * current run, for 2 s at most.
 */
export function repeat(milliseconds: number, work: () => Promise<void>, logger: Logger): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();
  let stopped = false;
  const failures = createFailureLog(logger, 'recurring work failed');

  const runOnce = async (): Promise<void> => {
    try {
      await work();
      failures.worked();
    } catch (error) {
      failures.failed(error);
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      current = runOnce();
    }, milliseconds).unref();
  };

  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await Promise.race([current, sleep(stopWithinMs, undefined, { ref: false })]);
  };
}
