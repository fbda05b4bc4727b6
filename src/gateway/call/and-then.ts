/** What is still to be done, if anything. */
export type Rest = Promise<unknown> | undefined;

/**
 * Goes on with what is known at once or later. Most of what a request waits for is at hand: `await` would cost each step a turn of
 * the queue and some hundred bytes. What `next` throws is thrown, or rejects where there was something to wait for.
 */
export function andThen<T>(value: Promise<T> | T, next: (value: T) => Rest): Rest {
  return value instanceof Promise ? value.then(next) : next(value);
}
