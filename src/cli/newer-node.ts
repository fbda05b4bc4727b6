import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { runtimeFolder } from '../installation.mjs';
import { isNewer, judgeNode } from '../node-versions.mjs';
import { marker } from '../own-runtime.mjs';
import { readEnvironment } from './environment.ts';

const longestAnswerMs = 2000;

/**
 * Continues `script` on the system's Node.js if this process runs on the one of the packages and the system's is newer: security
 * releases reach a system before the npm package `node`. The process keeps its id, arguments and streams, so that a supervisor
 * notices nothing. Does nothing on Windows, where a process cannot be replaced.
 */
export function continueOnNewerNode(script: string): void {
  const { [marker]: isOnOther, ...env } = process.env;
  delete process.env[marker];
  // A process with a channel to its parent, such as a worker, would lose it.
  if (isOnOther || process.send || !process.execve || !isInside(process.execPath)) return;
  if (runtimeOf(env) === 'pinned') return;
  const program = findNewerNode(env.PATH ?? '', process.version);
  if (program === undefined) return;
  const args = [program, ...process.execArgv, script, ...process.argv.slice(2)];
  process.execve(program, args, { ...env, [marker]: 'true' });
}

/** `NODE_RUNTIME`, whose value the gateway's settings check. */
function runtimeOf(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return readEnvironment(env).NODE_RUNTIME;
  } catch {
    // The start reports a file `.env` that cannot be read.
    return undefined;
  }
}

/**
 * Path of the system's Node.js, the first `node` in `path` outside of the packages, if it is a newer release than `version` and
 * not refused.
 */
export function findNewerNode(path: string, version: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder) && !isPackageFolder(folder));
  for (const folder of folders) {
    const program = join(folder, 'node');
    const found = isInside(program) ? undefined : versionOf(program);
    if (found !== undefined) return isNewer(found, version) && !judgeNode(found).refusal ? program : undefined;
  }
  return undefined;
}

/** npm puts its folders of programs in front of PATH. */
const isPackageFolder = (folder: string): boolean => folder.endsWith(join(sep, 'node_modules', '.bin'));

function isInside(program: string): boolean {
  const folder = runtimeFolder();
  try {
    return folder !== undefined && realpathSync(program).startsWith(realpathSync(folder) + sep);
  } catch {
    return false;
  }
}

/** Undefined if there is no such program, or if it gives no version. */
function versionOf(program: string): string | undefined {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const options: ExecFileSyncOptionsWithStringEncoding = {
    env,
    encoding: 'utf8',
    timeout: longestAnswerMs,
    stdio: ['ignore', 'pipe', 'ignore'],
  };
  try {
    return /^v\d+\.\d+\.\d+\S*/.exec(execFileSync(program, ['--version'], options))?.[0];
  } catch {
    return undefined;
  }
}
