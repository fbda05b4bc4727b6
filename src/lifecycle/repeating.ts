import type { Logger } from '../logger.ts';
import { createFailureLog } from './failure-log.ts';

/**
 * Runs `work` repeatedly, with a pause of `milliseconds` before each run. Returns a stop function that awaits the
 * current run.
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
  return () => {
    stopped = true;
    clearTimeout(timer);
    return current;
  };
}
