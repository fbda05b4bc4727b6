import { answeredWithin } from '../answered-within.ts';
import { databaseUnavailable } from '../errors.ts';

/** A server that was cut off closes no connection; whoever waits for it longer than this tries again on another. */
const patienceMs = 10_000;

/** What `work` gives, or `DATABASE_UNAVAILABLE` when that takes too long. It may still be done later: fences must hold. */
export const inTime = <T>(work: Promise<T>): Promise<T> =>
  answeredWithin(patienceMs, work, () => databaseUnavailable('no answer in time'));
