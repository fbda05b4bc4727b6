// @ts-check
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, sep } from 'node:path';

const entryPoint = /(?:^|[\\/])(?:bin[\\/]hookgate\.mjs|src[\\/]main\.ts)$/;

/**
 * Process ids of gateways, and of their commands, that run from the folder `root`. A process whose folder is hidden, because it
 * belongs to another user, counts as well.
 *
 * @param {string} root
 * @returns {number[]}
 */
export function findGateways(root) {
  const folder = realpathSync(root);
  if (process.platform !== 'linux') return gatewaysAmong(attempt(listProcesses) ?? '', folder);
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((pid) => runsFrom(folder, pid));
}

function runsFrom(/** @type {string} */ folder, /** @type {number} */ pid) {
  const proc = `/proc/${pid}`;
  const args = attempt(() => readFileSync(`${proc}/cmdline`, 'utf8').split('\0')) ?? [];
  const script = args.slice(1).find((arg) => entryPoint.test(arg));
  const program = attempt(() => readlinkSync(`${proc}/exe`)) ?? args[0] ?? '';
  if (script === undefined || !basename(program).startsWith('node')) return false;
  if (program.startsWith(folder + sep)) return true;
  const base = dirname(dirname(script));
  // First in the process's own view, where folders may be mounted differently.
  if (isAbsolute(script)) return isSameFolder(`${proc}/root${base}`, folder) || isSameFolder(base, folder);
  return attempt(() => readlinkSync(`${proc}/cwd`)) === undefined || isSameFolder(`${proc}/cwd/${base}`, folder);
}

function isSameFolder(/** @type {string} */ one, /** @type {string} */ other) {
  const [a, b] = [one, other].map((path) => attempt(() => statSync(path)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Lines of process id and command line, on systems without /proc. */
function listProcesses() {
  const list = '$p = Get-CimInstance Win32_Process; $p | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }';
  return process.platform === 'win32'
    ? execFileSync('powershell', ['-NoProfile', '-Command', list], { encoding: 'utf8' })
    : execFileSync('ps', ['-A', '-ww', '-o', 'pid=', '-o', 'args='], { encoding: 'utf8' });
}

/**
 * The same among lines of process id and command line. A relative script counts: its folder is unknown.
 *
 * @param {string} lines
 * @param {string} folder
 * @returns {number[]}
 */
export function gatewaysAmong(lines, folder) {
  const gateway = /^\s*(\d+) .*?node\S*\s.*?(?<=[\s"])(\S*)(?:bin[\\/]hookgate\.mjs|src[\\/]main\.ts)(?:[\s"]|$)/;
  return lines.split(/\r?\n/).flatMap((line) => {
    const [, pid, before = ''] = gateway.exec(line) ?? [];
    if (pid === undefined) return [];
    return line.includes(folder) || !/^([\\/]|[A-Za-z]:)/.test(before) ? [Number(pid)] : [];
  });
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined} undefined if the process has ended, or hides itself from this user
 */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
