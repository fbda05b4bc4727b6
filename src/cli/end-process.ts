import { accessSync, constants } from 'node:fs';

const shell = '/bin/sh';

/**
 * Ends the process at once. `process.exit` waits for look-ups of names in progress, which the C library cannot cancel: with a
 * name server that does not answer, a stop would take ten seconds and more. They end with the program that replaces this one.
 */
export function endProcess(code: number): never {
  if (process.execve && process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap') && hasShell())
    process.execve(shell, ['sh', '-c', `exit ${code}`], {});
  process.exit(code);
}

function hasShell(): boolean {
  try {
    accessSync(shell, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
