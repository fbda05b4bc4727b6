import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterPatience } from './patience.ts';
import { spawnChild } from './spawn-child.ts';

const main = join(import.meta.dirname, '..', '..', 'bin', 'hookgate.mjs');
const readyTimeoutMs = 30_000;

/** A folder of its own in which the real program is run, as an operator would run it. */
export interface Sandbox {
  readonly folder: string;
  /** Starts `node bin/hookgate.mjs <args>` in the folder. Nothing of the test's own settings reaches it. */
  start(args?: readonly string[], env?: Readonly<Record<string, string>>): Program;
  /** Runs a command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended & Printed>;
  /** Ends what still runs and removes the folder. */
  remove(): Promise<void>;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Printed {
  stdout: string;
  stderr: string;
}

export interface Program {
  readonly process: ChildProcess;
  /** The output so far. */
  readonly printed: Readonly<Printed>;
  readonly ended: Promise<Ended>;
  /** Resolves to the gateway's address once it listens; rejects if the program ends before. */
  ready(): Promise<string>;
  /** Resolves when standard output or the log matches; rejects if the program ends before. */
  until(pattern: RegExp, where?: keyof Printed): Promise<RegExpExecArray>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/** `settings` of every program in it. */
export function createSandbox(settings: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-process-'));
  const programs: Program[] = [];

  const start: Sandbox['start'] = (args = [], env = {}) => {
    const program = startProgram(folder, args, { ...settings, ...env });
    programs.push(program);
    return program;
  };

  return {
    folder,
    start,
    run: async (args, env) => {
      const program = start(args, env);
      return { ...(await program.ended), ...program.printed };
    },
    remove: async () => {
      await Promise.all(programs.map((program) => program.end('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startProgram(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawnChild(process.execPath, [main, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: cwd,
      TMPDIR: tmpdir(),
      PORT: '0',
      METRICS_PORT: '0',
      NODE_RUNTIME: 'pinned',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const where of ['stdout', 'stderr'] as const) {
    child[where]?.setEncoding('utf8').on('data', (text: string) => {
      printed[where] += text;
    });
  }
  // `close` comes after the last output, `exit` may come before it.
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
  const until: Program['until'] = (pattern, where = 'stdout') => waitFor({ child, printed, ended }, pattern, where);

  return {
    process: child,
    printed,
    ended,
    until,
    ready: async () => (await until(/listens on (https?:\S+)\n/))[1] as string,
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** The token that the start of a demo prints. */
export async function printedToken(program: Program): Promise<string> {
  return (await program.until(/\n {2}export TOKEN=(\S+)\n/))[1] as string;
}

interface Watched {
  child: ChildProcess;
  printed: Readonly<Printed>;
  ended: Promise<Ended>;
}

function waitFor({ child, printed, ended }: Watched, pattern: RegExp, where: keyof Printed): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(printed[where]);
      if (!match) return;
      stopWaiting();
      child[where]?.off('data', look);
      resolve(match);
    };
    const fail = (): void => {
      stopWaiting();
      child[where]?.off('data', look);
      reject(new Error(`The program never printed ${pattern}:\n${printed.stdout}\n${printed.stderr}`));
    };
    const stopWaiting = afterPatience(readyTimeoutMs, fail);
    child[where]?.on('data', look);
    void ended.then(fail);
    look();
  });
}
