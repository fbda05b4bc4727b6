import { readdirSync, readFileSync } from 'node:fs';

const microsPerTick = 10_000;

/** Processor time that a process and its children have used so far, their own and the kernel's on their behalf. */
export function cpuMicrosOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '';
  const [user, system] = afterName.split(' ').slice(11, 13).map(Number);
  const own = ((user ?? 0) + (system ?? 0)) * microsPerTick;
  return childrenOf(pid).reduce((sum, child) => sum + cpuMicrosOf(child), own);
}

/** Resident memory, in MB of a million bytes. */
export function memoryMbOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1_000_000;
}

/** Files and sockets that a process has open. */
export const openFilesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}
