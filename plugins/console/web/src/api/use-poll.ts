import { useEffect, useEffectEvent, useState } from 'react';

const mostMs = 30_000;
/** A slow task is done less often: it takes a tenth of the time at most. */
const restPerWork = 9;

/**
 * Does a task again and again while the page is visible, never twice at once; less often while it fails. `doneAt`: when its
 * work was done last, in milliseconds. Returns whether it fails.
 */
export function usePoll(task: () => Promise<void>, everyMs: number, doneAt: number | undefined): boolean {
  const [fails, setFails] = useState(false);
  const run = useEffectEvent(task);
  const restAtFirst = useEffectEvent(() => Math.max(everyMs - (Date.now() - (doneAt ?? 0)), 0));
  const enabled = doneAt !== undefined;
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRunning = false;
    let isStopped = false;
    let failures = 0;
    async function turn(): Promise<void> {
      if (isRunning || isStopped || document.visibilityState !== 'visible') return;
      clearTimeout(timer);
      isRunning = true;
      const begun = performance.now();
      try {
        await run();
        failures = 0;
      } catch {
        failures += 1;
      }
      isRunning = false;
      if (isStopped) return;
      setFails(failures > 0);
      const rest = Math.max(everyMs * 2 ** failures, (performance.now() - begun) * restPerWork);
      timer = setTimeout(begin, Math.min(rest, mostMs));
    }
    const begin = (): void => void turn();
    document.addEventListener('visibilitychange', begin);
    addEventListener('online', begin);
    timer = setTimeout(begin, restAtFirst());
    return () => {
      isStopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', begin);
      removeEventListener('online', begin);
    };
  }, [everyMs, enabled]);
  return fails;
}
