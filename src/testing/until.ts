import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterPatience, type Patience, startPatience, startTimeLimit } from './patience.ts';

const longestPauseMs = 10;
/** After a slow call, such as a request, the pause is this many times as long as the call: asking must not slow down the work. */
const pausesPerCall = 4;
const longestPauseAfterSlowCallMs = 100;
/** Below the 5 s after which common test runners end a test without telling what it waited for. */
const defaultTimeoutMs = 4000;
const longestText = { condition: 300, value: 2000 };

/** Values that `until` resolves to: the other ones mean "not yet". */
export type Present<T> = Exclude<T, undefined | null | false>;

export interface UntilOptions {
  /** Milliseconds. Default: 4000 on an idle machine, and up to ten times as many on a slow one. */
  timeoutMs?: number;
}

/**
 * Calls `ask` until it returns anything but `undefined`, `null` or `false`, and resolves to that value. With `holds`, it calls
 * `ask` until `holds(value)` is true. The pauses between two calls grow from none to 10 ms; after a slow call they are four times as
 * long as the call, at most 100 ms. Rejects at the deadline with the condition and the last value, and at once with any error of
 * `ask` or `holds`.
 *
 * ```ts
 * const request = await until(() => receiver.received[0]);
 * const all = await until(() => receiver.received, (received) => received.length === 3);
 * ```
 */
export function until<T>(ask: () => T | PromiseLike<T>, options?: UntilOptions): Promise<Present<T>>;
export function until<T>(
  ask: () => T | PromiseLike<T>,
  holds: (value: T) => boolean,
  options?: UntilOptions,
): Promise<T>;
export function until<T>(
  ask: () => T | PromiseLike<T>,
  second?: ((value: T) => boolean) | UntilOptions,
  third?: UntilOptions,
): Promise<T> {
  const holds = typeof second === 'function' ? second : undefined;
  const { timeoutMs } = (typeof second === 'function' ? third : second) ?? {};
  const patience = timeoutMs === undefined ? startPatience(defaultTimeoutMs) : startTimeLimit(timeoutMs);
  return waitUntil({ ask, holds, patience });
}

interface Wait<T> {
  ask: () => T | PromiseLike<T>;
  holds?: ((value: T) => boolean) | undefined;
  patience: Patience;
}

/** `until` with a time limit that has been started before. */
export async function waitUntil<T>({ ask, holds = isPresent, patience }: Wait<T>): Promise<T> {
  const condition = cut(`${holds === isPresent ? ask : holds}`, longestText.condition);
  const startedAt = performance.now();
  const giveUp = (last: string): Error =>
    new Error(
      `The condition did not hold within ${Math.round(performance.now() - startedAt)} ms: ${condition}\n${last}`,
    );
  for (let pauseMs = -longestPauseMs; ; pauseMs += 1) {
    const askedAt = performance.now();
    const value = await endedBefore(ask(), patience, () => giveUp('The last call has not ended.'));
    if (holds(value)) return value;
    if (patience.isOver()) throw giveUp(`Last value: ${show(value)}`);
    const slowCallMs = Math.min((performance.now() - askedAt) * pausesPerCall, longestPauseAfterSlowCallMs);
    const nextMs = Math.max(Math.min(pauseMs, longestPauseMs), slowCallMs);
    await (nextMs < 1 ? turn() : sleep(nextMs));
  }
}

/** Queries of Knex are no promises, and test runners have promises of another realm. */
const isPending = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as PromiseLike<T> | null | undefined)?.then === 'function';

const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

/** Resolves like `pending`; rejects with `late()` if that has not ended when the time is over. */
async function endedBefore<T>(pending: T | PromiseLike<T>, patience: Patience, late: () => Error): Promise<T> {
  if (!isPending(pending)) return pending;
  const { promise: over, reject } = Promise.withResolvers<never>();
  const stopWaiting = afterPatience(patience, () => reject(late()));
  try {
    return await Promise.race([pending, over]);
  } finally {
    stopWaiting();
  }
}

const show = (value: unknown): string =>
  cut(inspect(value, { depth: 4, maxArrayLength: 20, maxStringLength: 500, breakLength: 120 }), longestText.value);

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length)}…`);
