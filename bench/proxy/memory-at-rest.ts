import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ServerProcess } from '../support/server-process.ts';

/** In MB. */
export interface Memory {
  readonly resident: number;
  /** Of it, what objects and buffers take; the rest is code, and what the process keeps for later. */
  readonly used: number;
}

const settleMs = 3000;
const pollMs = 50;
const files = join(tmpdir(), 'hookgate-bench-memory-');
const collect = pathToFileURL(join(import.meta.dirname, 'collect.ts')).href;

/** For the environment of a server whose memory is looked at with `memoryAtRest`. */
export const collectable = { NODE_OPTIONS: `--expose-gc --import=${collect}`, MEMORY_FILES: files };

/** After a rest and a collection: without one, a process with nothing to do keeps what it has used before. */
export async function memoryAtRest({ pid, memoryMb }: ServerProcess): Promise<Memory> {
  const file = `${files}${pid}`;
  await sleep(settleMs);
  process.kill(pid, 'SIGUSR2');
  while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) await sleep(pollMs);
  const used = Number(readFileSync(file, 'utf8')) / 1_000_000;
  rmSync(file);
  return { resident: memoryMb(), used };
}
