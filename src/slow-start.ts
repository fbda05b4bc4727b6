const firstMs = 10_000;
const laterMs = 60_000;
/** Node.js ends with this code when nothing is left that a top-level `await` could wait for. */
const unsettled = 13;

/**
 * Awaits `step`, code of a plugin at the start, which may never end. Meanwhile it calls `onSlow` with the seconds so far, after 10 s and
 * then every minute, and `onStuck` if the process ends because the step waits for nothing. Resolves and rejects like `step`.
 */
export async function awaitStep<T>(
  step: () => T | Promise<T>,
  { onSlow, onStuck }: { onSlow: (seconds: number) => void; onStuck: () => void },
): Promise<T> {
  let seconds = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = (milliseconds: number): void => {
    timer = setTimeout(() => {
      seconds += milliseconds / 1000;
      onSlow(seconds);
      wait(laterMs);
    }, milliseconds).unref();
  };
  const onExit = (code: number): void => {
    if (code === unsettled) onStuck();
  };
  wait(firstMs);
  process.on('exit', onExit);
  try {
    return await step();
  } finally {
    clearTimeout(timer);
    process.off('exit', onExit);
  }
}
