import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server that is measured, in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Resident memory, in MB of a million bytes. */
  memoryMb(): number;
  /** Processor time that it has used so far, its own and the kernel's on its behalf. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const microsPerTick = 10_000;

/** Starts a script that says `… listens on <address>` on its standard output; its log (standard error) goes to a file. */
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
  return {
    url,
    memoryMb: () => {
      const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      return (Number(kibibytes) * 1024) / 1_000_000;
    },
    cpuMicros: () => {
      const afterName = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1] ?? '';
      const [user, system] = afterName.split(' ').slice(11, 13).map(Number);
      return ((user ?? 0) + (system ?? 0)) * microsPerTick;
    },
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
