import { notFound } from '../errors.ts';

/**
 * Returns `value`. If it is undefined or null, throws the error of `missing`, or `NOT_FOUND` with `missing` as its message, such as "There
 * is no such note."
 */
export function found<T>(value: T | null | undefined, missing: string | (() => Error)): T {
  if (value !== undefined && value !== null) return value;
  throw typeof missing === 'string' ? notFound(missing) : missing();
}
