import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../errors.ts';

const pollMs = 100;

/**
 * Makes this process the one server of an embedded database: two would each believe that nobody else works on its rows. The
 * lock is one of the operating system's on a file beside the database, so it goes with the process however that ends. Waits
 * up to `waitMs` for another server to go, then throws `StartError`.
 */
export async function lockServer(file: string, waitMs: number): Promise<() => void> {
  const lock = new DatabaseSync(`${file}.server`);
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return () => lock.close();
    } catch (error) {
      if (performance.now() >= deadline) {
        lock.close();
        throw new StartError(`Another server is running on ${file}. Stop it, or give this one a database of its own.`);
      }
      if (!/locked/.test((error as Error).message)) throw error;
      await sleep(pollMs);
    }
  }
}
