import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../errors.ts';
import { createPrivateFile } from './private-files.ts';

const pollMs = 100;

/**
 * Makes this process the only server of an embedded database, since each server assumes sole ownership of its rows.
 * The lock is an operating-system lock on a file beside the database, released however the process ends. Waits up to
 * `waitMs` for another server to stop, then throws `StartError`. Returns the release.
 */
export async function lockServer(file: string, waitMs: number): Promise<() => void> {
  const lockFile = `${withoutLinks(file)}.server`;
  createPrivateFile(lockFile);
  const lock = new DatabaseSync(lockFile);
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return () => lock.close();
    } catch (error) {
      if (performance.now() >= deadline) {
        lock.close();
        throw new StartError(`Another server is running on ${file}. Stop it, or set another DATABASE_URL.`);
      }
      if (!/locked/.test((error as Error).message)) throw error;
      await sleep(pollMs);
    }
  }
}

/** One lock for all links to the database. The file does not exist before the first start, and then its folder may be a link. */
function withoutLinks(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const folder = dirname(file);
  return existsSync(folder) ? join(realpathSync(folder), basename(file)) : file;
}
