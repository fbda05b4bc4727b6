// @ts-check
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const longestWaitMs = 10 * 60_000;
const pollMs = 200;

/**
 * Waits until no other installation or build runs in the folder, and keeps others out. The file holds the ids of the processes at work: a
 * killed installation leaves it behind, and perhaps an npm that still works.
 *
 * @param {string} root
 * @param {(pid: number) => void} onWait called once if another process installs
 * @returns {Promise<{ add(pid: number): void, release(): void }>} `add` names a process that works for this one. Rejects with
 *   the error of the file system, or after ten minutes.
 */
export async function lockInstall(root, onWait) {
  const file = join(root, '.installing');
  const write = (/** @type {string} */ text, /** @type {'wx' | 'a'} */ flag) => writeFileSync(file, text, { flag });
  const endsAt = Date.now() + longestWaitMs;
  let isWaiting = false;
  for (;;) {
    try {
      write(`${process.pid}\n`, 'wx');
      return { add: (pid) => write(`${pid}\n`, 'a'), release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const pid = readIds(file).find(isInstalling);
    if (pid === undefined) rmSync(file, { force: true });
    else {
      if (Date.now() > endsAt) throw new Error(`process ${pid} has been installing for ten minutes (${file})`);
      if (!isWaiting) onWait(pid);
      isWaiting = true;
      await sleep(pollMs);
    }
  }
}

function readIds(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A process id may have been given to another program since. */
function isInstalling(/** @type {number} */ pid) {
  if (pid === process.pid || !isAlive(pid)) return false;
  try {
    return /install\.mjs|prepare\.mjs|console\.mjs|vite\.js|npm/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return isAlive(pid);
  }
}

function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
