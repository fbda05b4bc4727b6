import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ServerProcess } from '../support/server-process.ts';

/** In MB. */
export interface Memory {
  readonly resident: number;
  /** Its share that objects and buffers take; the rest is code and memory that the process keeps in reserve. */
  readonly used: number;
}

const settleMs = 3000;
const pollMs = 50;
const files = join(tmpdir(), 'hookgate-bench-memory-');
const collect = pathToFileURL(join(import.meta.dirname, 'collect.ts')).href;

/** Environment for a server whose memory `memoryAtRest` is to measure. */
export const collectable = { NODE_OPTIONS: `--expose-gc --import=${collect}`, MEMORY_FILES: files };

/**
 * Measures memory after a rest and a collection: an idle process would otherwise keep memory that it no longer uses.
 */
export async function memoryAtRest({ pid, memoryMb }: ServerProcess): Promise<Memory> {
  const file = `${files}${pid}`;
  await sleep(settleMs);
  process.kill(pid, 'SIGUSR2');
  while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) await sleep(pollMs);
  const used = Number(readFileSync(file, 'utf8')) / 1_000_000;
  rmSync(file);
  return { resident: memoryMb(), used };
}
