import { waitUntil } from '../../src/testing/until.ts';
import { startPatience } from './patience.ts';

/** `until` of the test kit with a longer time, which counts the slowness that `npm test` measured as well. */
export async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 15_000): Promise<T> {
  return (await waitUntil({ ask, patience: startPatience(timeoutMs) })) as T;
}
