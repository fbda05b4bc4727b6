import { answeredWithin } from '../answered-within.ts';
import { databaseUnavailable } from '../errors.ts';

/** Upper bound for one piece of work. A frozen or unreachable server closes no connection: the work is retried on another one. */
const deadlineMs = 10_000;

/** Settles like `work`, or rejects with `DATABASE_UNAVAILABLE` after 10 s. The work may still be done later: fences must hold. */
export const withDeadline = <T>(work: Promise<T>): Promise<T> =>
  answeredWithin(deadlineMs, work, () => databaseUnavailable('no answer in time'));
