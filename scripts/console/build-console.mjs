// @ts-check
// Plain JavaScript for Node.js 18, because it runs on the system's Node.js; the build itself runs on the pinned one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockInstall } from '../install/install-lock.mjs';
import { fingerprintOf } from './fingerprint.mjs';

/** @typedef {{ isOptional: boolean }} Options */
/** @typedef {{ add(pid: number): void }} Lock */

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'plugins', 'console');
const web = join(folder, 'web');
const target = join(folder, 'dist');
const stamp = join(target, '.built');

/** Without a registry, npm gives up after seconds: a start waits for it. */
const impatient = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000' };

const fingerprint = () => fingerprintOf(root, ['plugins/console/web', 'src/client']);
const isFresh = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();

/**
 * Builds the web pages of the console, unless they are there and their sources have not changed. Two builds wait for each other.
 * An optional build prints one line if it fails.
 *
 * @param {Options} options
 * @returns {Promise<number>} the exit code, 0 for a failed optional build
 */
export async function buildConsole(options) {
  if (isFresh()) return 0;
  try {
    const lock = await lockInstall(folder, (pid) => say(`Waiting for process ${pid}, which builds the console…`));
    try {
      return isFresh() ? 0 : await build(lock, options);
    } finally {
      lock.release();
    }
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message, options);
  }
}

async function build(/** @type {Lock} */ lock, /** @type {Options} */ options) {
  say('Building the console (once)…');
  removeLeftOvers();
  const [output, former] = [join(folder, '.dist-new'), join(folder, '.dist-old')];
  const built = fingerprint();
  const installer = join(root, 'scripts', 'install.mjs');
  const installed = await run(process.execPath, [installer, 'plugins/console/web'], lock, options);
  if (installed !== 0) return refuse('its packages cannot be installed', options, installed);
  const vite = join(web, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', output, '--emptyOutDir', '--logLevel', 'warn'];
  const code = await run(pinnedNode(), args, lock, options);
  if (code !== 0) return refuse('the build failed', options, code);
  writeFileSync(join(output, '.built'), built);
  // The pages are replaced as a whole; a running gateway serves the old ones in between.
  if (existsSync(target)) renameSync(target, former);
  renameSync(output, target);
  rmSync(former, { recursive: true, force: true });
  return 0;
}

/** Folders of builds that were killed. */
function removeLeftOvers() {
  for (const name of readdirSync(folder))
    if (name.startsWith('.dist-')) rmSync(join(folder, name), { recursive: true, force: true });
}

function pinnedNode() {
  const program = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(program) ? program : process.execPath;
}

/**
 * Returns the exit code, from 129 on after a signal.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Lock} lock
 * @param {Options} options
 */
async function run(program, args, lock, { isOptional }) {
  const env = isOptional ? { ...process.env, ...impatient } : process.env;
  const child = spawn(program, args, { cwd: web, env, stdio: isOptional ? 'ignore' : ['ignore', 2, 2] });
  if (child.pid) lock.add(child.pid);
  /** @type {NodeJS.Signals | undefined} */
  let received;
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    received = signal;
    child.kill(signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, pass);
  const [code] = await once(child, 'close');
  for (const signal of signals) process.off(signal, pass);
  return received ? 128 + constants.signals[received] : (code ?? 1);
}

/**
 * Returns the exit code: a build that was ended by a signal ends the start as well.
 *
 * @param {string} reason
 * @param {Options} options
 * @param {number} code
 */
function refuse(reason, { isOptional }, code = 1) {
  if (code > 128) return code;
  const state = existsSync(target) ? 'The console stays as it was built before' : 'The console is not built';
  say(`${state}: ${reason}.${isOptional ? ' "npm run console" shows the cause.' : ''}`);
  return isOptional ? 0 : code;
}

function say(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}
