import { describeError, type Logger } from './logger.ts';

/** Runs `work` with a pause of `milliseconds` after each run. Gives back a stop that waits for a run under way. */
export function repeat(milliseconds: number, work: () => Promise<void>, logger: Logger): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();
  let stopped = false;

  const runOnce = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn('repeated work failed', describeError(error));
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
