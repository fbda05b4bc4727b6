import { readdirSync, readFileSync } from 'node:fs';

const microsPerTick = 10_000;

/** Microseconds of processor time, user and system, that a process and its children have used so far. */
export function cpuMicrosOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
  const [user, system] = afterName.split(' ').slice(11, 13).map(Number);
  const own = ((user ?? 0) + (system ?? 0)) * microsPerTick;
  return childrenOf(pid).reduce((sum, child) => sum + cpuMicrosOf(child), own);
}

/** Resident memory in MB (1,000,000 bytes). */
export function memoryMbOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1_000_000;
}

/** Number of open files and sockets of a process. */
export const openFilesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
