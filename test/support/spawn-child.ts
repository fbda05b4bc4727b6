import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';

/**
 * Starts a program that is killed with this process, also on SIGKILL, so that a killed test leaves no gateway and no database server
 * behind. `setpriv` sets the signal and becomes the program, with the same process id. Without `setpriv`, as on systems other than
 * Linux, the program starts without that protection.
 */
export function spawnChild(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (!existsSync(setpriv)) return spawn(program, args, options);
  return spawn(setpriv, ['--pdeathsig', 'KILL', '--', program, ...args], options);
}
