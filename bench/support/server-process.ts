import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuMicrosOf, memoryMbOf } from './process-figures.ts';

/** A measured server in a separate process. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Resident memory in MB (1,000,000 bytes). */
  memoryMb(): number;
  /** Microseconds of processor time, user and system, that it and its children have used so far. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');

/**
 * Starts a script that prints `… listens on <address>` on its standard output; its log on standard error goes to a
 * file.
 */
export async function startServer(
  script: string,
  env: Readonly<Record<string, string>>,
  logFile: string,
  nodeOptions: readonly string[] = [],
): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...nodeOptions, script], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', log],
  });
  const url = await addressOf(child).catch((error: Error) => {
    throw new Error(`${error.message}\n${readFileSync(logFile, 'utf8')}`);
  });
  return toServerProcess(child, url);
}

/** Wraps a running child process that serves `url`. */
export function toServerProcess(child: ChildProcess, url: string): ServerProcess {
  const pid = child.pid as number;
  return {
    url,
    pid,
    memoryMb: () => memoryMbOf(pid),
    cpuMicros: () => cpuMicrosOf(pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  const exited = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with code ${code}.`);
  });
  const listening = new Promise<string>((resolve) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /listens on (http:\/\/\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  return Promise.race([listening, exited]);
}
