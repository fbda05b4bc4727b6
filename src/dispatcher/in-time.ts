import { databaseUnavailable } from '../errors.ts';

/** A server that was cut off closes no connection; whoever waits for it longer than this tries again on another. */
const patienceMs = 10_000;

/** What `work` gives, or `DATABASE_UNAVAILABLE` when that takes too long. It may still be done later: fences must hold. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(databaseUnavailable('no answer in time')), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
