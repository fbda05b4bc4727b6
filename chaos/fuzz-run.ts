import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox } from '../test/support/process.ts';
import { type FuzzResult, fuzz, hostileTimeouts } from './fuzz.ts';
import { startHostileBackend } from './hostile-backend.ts';

export interface FuzzRun extends FuzzResult {
  /** Resident memory of the gateway in MB: before the first request, and the highest value. */
  readonly memory: { readonly before: number; readonly highest: number };
}

const mebibyte = 1024 * 1024;
/** Limit of the memory that the gateway may take in addition to its memory at rest, in MB. */
const maxGrowth = 250;

/** Runs the fuzz against a gateway process of its own. Errors in its log and its end are violations as well. */
export async function runFuzz(seed: number, requests: number): Promise<FuzzRun> {
  const sandbox = createSandbox();
  const [hostile, honest] = await Promise.all([startHostileBackend(seed), startHostileBackend(seed)]);
  try {
    writeFileSync(join(sandbox.folder, 'targets.json'), JSON.stringify(targetsOf(hostile.url, honest.url)));
    const env = { TARGETS_FILE: 'targets.json', LOG_FORMAT: 'json', HOST: '127.0.0.1' };
    const program = sandbox.start([], env);
    const url = new URL(await program.ready());
    const status = (): string => readFileSync(`/proc/${program.process.pid}/status`, 'utf8');
    const before = memoryIn(status(), 'VmRSS');
    const { violations, statuses } = await fuzz({ seed, requests, url, hostile: '/hostile', honest: '/honest' });
    const highest = memoryIn(status(), 'VmHWM');
    const { code, signal } = await program.end();
    const problems = [...violations, ...errorsIn(program.printed.stderr + program.printed.stdout)];
    if (code !== 0) problems.push(`the gateway ended with ${signal ?? code}`);
    if (highest - before > maxGrowth) problems.push(`the memory grew from ${before} MB to ${highest} MB`);
    return { violations: problems, statuses, memory: { before, highest } };
  } finally {
    await sandbox.remove();
    await Promise.all([hostile.close(), honest.close()]);
  }
}

/** JSON is YAML as well. */
const targetsOf = (hostile: string, honest: string) => ({
  targets: {
    hostile: {
      upstreams: [hostile],
      public: true,
      prefixes: ['/hostile'],
      timeouts: hostileTimeouts,
      breaker: { failures: 1_000_000 },
    },
    honest: { upstreams: [honest], public: true, prefixes: ['/honest'] },
  },
});

const memoryIn = (status: string, name: string): number =>
  Math.round((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024) / mebibyte);

const errorsIn = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
    .map((line) => `an error in the log: ${line}`);
