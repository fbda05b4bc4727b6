// @ts-check
// Continues on the Node.js of the package `node` where the system's is refused. Plain JavaScript for Node.js 18, because it runs
// on the system's.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { runtimeFolder } from './installation.mjs';

/** Set in the new process, which removes it: a program that states another version than it runs must not start a circle. */
export const marker = 'HOOKGATE_ON_OTHER_NODE';
const parentName = 'HOOKGATE_PARENT';

/** Node.js 18 to 22 cannot replace a process. */
const forwarded = /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP']);
const lookIntervalMs = 1000;

/**
 * Runs `script` with the arguments of this process on the Node.js of the packages: in this process where it can be replaced, else in
 * a child with the same streams, signals and exit code.
 *
 * @param {string} script
 * @returns {boolean} false if there is no such Node.js, or this process runs on it
 */
export function continueOnOwnRuntime(script) {
  const folder = runtimeFolder();
  const program = folder && join(folder, 'bin', 'node');
  if (process.env[marker] || !program || !existsSync(program)) return false;
  if (realpathSync(program) === realpathSync(process.execPath)) return false;
  const args = [...process.execArgv, script, ...process.argv.slice(2)];
  const env = { ...process.env, [marker]: 'true' };
  if ('execve' in process) process.execve?.(program, [program, ...args], env);
  else runChild(program, args, { ...env, [parentName]: String(process.pid) });
  return true;
}

function runChild(/** @type {string} */ program, /** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env) {
  // Before the child, which may be seen and stopped at once: a signal without a handler would end this process alone.
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  const child = spawn(program, args, { env, stdio: 'inherit' });
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 1)));
}

/**
 * Stops this process with its parent where that is the process above, which may be killed, or the shell of `npx`, which passes no
 * signal on.
 */
export function endWithParent() {
  const { [parentName]: above, npm_lifecycle_event: event } = process.env;
  delete process.env[parentName];
  const parent = above ?? (event === 'npx' ? String(process.ppid) : undefined);
  if (parent === undefined) return;
  const look = setInterval(() => {
    if (String(process.ppid) === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, lookIntervalMs);
  look.unref();
}
