/** The rest of a step that is still pending; undefined when it is done. */
export type Rest = Promise<unknown> | undefined;

/**
 * Continues with a value that is available now or later. Most values on a request's path are available now: `await`
 * would cost each step a turn of the microtask queue and some hundred bytes. An error of `next` is thrown, or rejects
 * the result if `value` is a promise.
 */
export function andThen<T>(value: Promise<T> | T, next: (value: T) => Rest): Rest {
  return value instanceof Promise ? value.then(next) : next(value);
}
