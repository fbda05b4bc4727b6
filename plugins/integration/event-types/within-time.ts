import { type Context, createContext, Script } from 'node:vm';

/** The work was ended after its time. */
export class TimeOverError extends Error {
  constructor(milliseconds: number) {
    super(`takes longer than ${milliseconds} ms`);
    this.name = 'TimeOverError';
  }
}

/** Runs synchronous work for so many milliseconds at most. Throws `TimeOverError`, or the error of the work. */
export type WithinTime = <T>(milliseconds: number, work: () => T) => T;

const attempts = 4;

/**
 * Ends work that blocks the process. The watchdog of V8 counts elapsed time: work that hardly had a processor meanwhile runs again, so
 * that a busy machine ends no innocent work. The work has no effects, since it may end anywhere.
 */
export function createWithinTime(): WithinTime {
  const script = new Script('run()');
  let context: Context | undefined;

  function once<T>(milliseconds: number, work: () => T): T {
    context ??= createContext({});
    try {
      context.run = work;
      return script.runInContext(context, { timeout: milliseconds }) as T;
    } finally {
      context.run = undefined;
    }
  }

  return (milliseconds, work) => {
    for (let attempt = 1; ; attempt += 1) {
      const before = process.threadCpuUsage();
      try {
        return once(milliseconds, work);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        const { user, system } = process.threadCpuUsage(before);
        const hadProcessor = (user + system) / 1000 > milliseconds / 2;
        if (hadProcessor || attempt === attempts) throw new TimeOverError(milliseconds);
      }
    }
  };
}
