import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runsFolder } from './run-folder.ts';

export interface TestRun {
  /** Kills all processes of the run, also those started by others, and removes its temporary files. */
  close(): Promise<void>;
}

/**
 * Creates a temporary folder, in memory if there is room, and makes it the `TMPDIR` of all programs that this process starts from now on. A second process, the
 * janitor, removes the folder and kills the programs when the run is closed, or when this process is killed.
 */
export async function openTestRun(): Promise<TestRun> {
  const folder = mkdtempSync(join(runsFolder(), 'hookgate-run-'));
  const janitor = spawn(process.execPath, [join(import.meta.dirname, 'janitor.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  await once(janitor, 'spawn');
  process.env.TMPDIR = folder;
  return {
    close: async () => {
      const ended = once(janitor, 'close');
      janitor.stdin.end();
      await ended;
    },
  };
}

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Resolves to an exit code when the run must end early: on a signal, when npm has ended, and after `longestMs`. */
export function endedEarly(longestMs: number): Promise<number> {
  const parent = process.ppid;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (reason: string, code: number): void => {
      process.stderr.write(`The tests were ended: ${reason}\n`);
      resolve(code);
    };
    for (const [signal, code] of Object.entries(codes)) process.once(signal, () => end(signal, code));
    setInterval(() => {
      if (performance.now() - startedAt > longestMs)
        end(`they took longer than ${Math.round(longestMs / 60_000)} min`, 1);
      if (process.env.npm_lifecycle_event && process.ppid !== parent) end('npm has ended', 1);
    }, 1000).unref();
  });
}
