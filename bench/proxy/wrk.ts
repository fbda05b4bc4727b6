import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../support/debian-program.ts';
import { connections, type LoadResult, type Shot } from '../support/load.ts';

/** The JSON that `wrk.lua` writes. */
interface Found {
  readonly requests: number;
  readonly micros: number;
  readonly errors: number;
  readonly medianMicros: number;
  readonly p99Micros: number;
}

const run = promisify(execFile);
const script = join(import.meta.dirname, 'wrk.lua');

/**
 * Keeps 64 connections busy from a single thread of wrk, which leaves most of the machine to the measured server: with
 * a generator in JavaScript every contender is slower, and the more so the more code it runs. Rejects after an error or
 * a refused request: a fast refusal is not a result.
 */
export async function runWrk({ url, headers = {} }: Shot, seconds: number): Promise<LoadResult> {
  const args = [
    '--threads',
    '1',
    '--connections',
    String(connections),
    '--duration',
    `${seconds}s`,
    '--script',
    script,
  ];
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`);
  const { stdout } = await run(requireProgram('wrk'), [...args, url]);
  const { requests, micros, errors, medianMicros, p99Micros } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '',
  ) as Found;
  if (errors > 0 || requests === 0) throw new Error(`${url}: ${requests} responses, ${errors} errors`);
  return {
    requests,
    perSecond: requests / (micros / 1e6),
    medianMs: medianMicros / 1000,
    p99Ms: p99Micros / 1000,
  };
}

/** wrk prints its version with the help, for which it exits with 1. */
export const wrkVersion = (): string =>
  /^wrk \D*(\S+)/.exec(spawnSync(requireProgram('wrk'), ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? '';
