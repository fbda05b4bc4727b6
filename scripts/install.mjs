// @ts-check
// Runs before `npm start`, `npm test` and other scripts, as `node scripts/install.mjs [--dev] [folder]`: installs missing
// packages of package-lock.json in the folder (default: the project), with `--dev` those for development too. Installs nothing
// for production, and nothing below a running gateway. Plain JavaScript for Node.js 18, because it runs on the system's Node.js,
// before the pinned one is installed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockInstall } from './install/install-lock.mjs';
import { compareWithLock } from './install/installed-packages.mjs';
import { findGateways } from './install/running-gateways.mjs';

const wantsDev = process.argv.includes('--dev');
const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = process.argv.slice(2).find((arg) => !arg.startsWith('--'));
const root = join(project, folder ?? '.');
const compare = () => compareWithLock(root, { dev: wantsDev });

if (compare().missing.length > 0) process.exitCode = await installUnlessHarmful();

/** Returns the exit code. */
async function installUnlessHarmful() {
  if (process.env.NODE_ENV === 'production') return refuse('nothing is installed with NODE_ENV=production');
  const gateways = findGateways(root);
  if (gateways.length > 0)
    return refuse(`process ${gateways.join(', ')} runs the gateway from this folder: stop it first`);
  try {
    const lock = await lockInstall(root, (pid) => say(`Waiting for process ${pid}, which installs packages…`));
    try {
      return await install(lock);
    } finally {
      lock.release();
    }
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message);
  }
}

/**
 * `npm install` adds the missing packages and leaves the others alone, also when it fails. `npm ci` starts from nothing: for the
 * first installation, and after an interrupted one.
 */
async function install(/** @type {{ add(pid: number): void }} */ lock) {
  const { missing, isBroken, hasDev } = compare();
  if (missing.length === 0) return 0;
  say('Installing packages (once)…');
  const kinds = wantsDev || hasDev ? '--include=dev' : '--omit=dev';
  for (const command of isBroken ? [['ci']] : [['install', '--no-save'], ['ci']]) {
    const code = await runNpm(
      [...command, kinds, '--prefer-offline', '--no-engine-strict', '--no-audit', '--no-fund', '--loglevel=error'],
      lock,
    );
    if (code !== 0) return code;
    if (compare().missing.length === 0) {
      if (!folder) fillCompileCache();
      return 0;
    }
  }
  return refuse('npm ended without an error, but did not install them: look at its settings (npm config list)');
}

/** Also with npm's own Node.js: the one in `node_modules` may be replaced. */
async function runNpm(/** @type {string[]} */ args, /** @type {{ add(pid: number): void }} */ lock) {
  const { npm_execpath: npm = '', npm_node_execpath: node = process.execPath } = process.env;
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
  const child =
    basename(npm) === 'npm-cli.js'
      ? spawn(node, [npm, ...args], { ...options, shell: false })
      : spawn('npm', args, options);
  if (child.pid) lock.add(child.pid);
  // npm takes an interrupted installation back: wait for it.
  /** @type {NodeJS.Signals | undefined} */
  let received;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      received = signal;
      child.kill(signal);
    });
  }
  const [code] = await once(child, 'close');
  return received ? 128 + constants.signals[received] : (code ?? 1);
}

/** Returns the exit code. */
function refuse(/** @type {string} */ reason) {
  const { missing } = compare();
  const others = missing.length > 1 ? ` and ${missing.length - 1} others` : '';
  const command = `npm ci ${wantsDev ? '--include=dev' : '--omit=dev'}${folder ? ` --prefix ${folder}` : ''}`;
  say(`Packages are missing (${missing[0]}${others}), and ${reason}. The command that installs them is: ${command}`);
  return 1;
}

function say(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}

/** Runs one command of the gateway in a temporary folder: its compile cache makes the first start fast. */
function fillCompileCache() {
  const sandbox = mkdtempSync(join(tmpdir(), 'hookgate-install-'));
  const program = join(root, 'node_modules', '.bin', 'node');
  const env = { PATH: process.env.PATH };
  spawnSync(program, [join(root, 'bin', 'hookgate.mjs'), 'migrate', '--create'], {
    cwd: sandbox,
    env,
    stdio: 'ignore',
  });
  rmSync(sandbox, { recursive: true, force: true });
}
