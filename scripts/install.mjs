// Runs before `npm start`, `npm test` and other scripts: installs the packages of package-lock.json in the folder given
// as an argument (default: the project) unless they are installed. Plain JavaScript, because it runs on the system's
// Node, before the pinned one is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', process.argv[2] ?? '.');
const stamp = join(root, 'node_modules', '.hookgate-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write('Installing packages (once)…\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(stamp, wanted);
  if (!process.argv[2]) fillCompileCache();
}

/** Runs one command of the gateway in a temporary folder: its compile cache makes the first start fast. */
function fillCompileCache() {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-install-'));
  const program = [join(root, 'node_modules', '.bin', 'node'), join(root, 'bin', 'hookgate.mjs')];
  spawnSync(program[0], [program[1], 'migrate'], { cwd: folder, env: { PATH: process.env.PATH }, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}
