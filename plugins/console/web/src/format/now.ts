import { useSyncExternalStore } from 'react';

const stepMs = 1000;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, stepMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in milliseconds, each second; all users share one timer. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** A text that depends on the time: rendered again when it is another one. */
export const useTextOfNow = (textAt: (now: number) => string): string =>
  useSyncExternalStore(subscribe, () => textAt(now));
