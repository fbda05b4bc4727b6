import { setImmediate as socketsRead } from 'node:timers/promises';

/**
 * Settles like `work`, or rejects with the error of `onLate` after `milliseconds`. `work` itself goes on. Sockets are read once
 * more before the deadline decides: in a busy process an answer may have arrived in time and not been read yet.
 */
export function answeredWithin<T>(milliseconds: number, work: Promise<T>, onLate: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => void socketsRead().then(() => reject(onLate())), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The same without an error: resolves to undefined when `work` has not settled after `milliseconds`. */
export async function settledWithin<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const late = new Error('late');
  try {
    return await answeredWithin(milliseconds, work, () => late);
  } catch (error) {
    if (error === late) return undefined;
    throw error;
  }
}
