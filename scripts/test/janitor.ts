// Cleans up after a test run, whose temporary folder is the first argument. The janitor's standard input ends when the run closes it
// or is killed. Then the janitor kills every process that has the folder as its TMPDIR, and removes the folder.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [folder = ''] = process.argv.slice(2);
const mostRounds = 500;

/** Empty on systems without /proc: there only the folder is removed. */
function processesOfTheRun(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(isOfTheRun);
  } catch {
    return [];
  }
}

function isOfTheRun(pid: number): boolean {
  if (Number.isNaN(pid) || pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${folder}`);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended by itself.
  }
}

async function cleanUp(): Promise<void> {
  // Repeated, because a process may start another one before its own end.
  for (let round = 0; round < mostRounds; round += 1) {
    const found = processesOfTheRun();
    if (found.length === 0) break;
    found.forEach(kill);
    await sleep(20);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

// The janitor ignores signals that are sent to the whole process group of the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.on('error', () => undefined).once('close', () => void cleanUp());
process.stdin.resume();
