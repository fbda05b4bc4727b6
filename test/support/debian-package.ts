import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

/** Installs a Debian package if the user is allowed to; otherwise throws an error with `advice`. */
export function installDebianPackage(name: string, advice: string): void {
  const isDebianRoot = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!isDebianRoot) throw new Error(advice);
  process.stderr.write(`Installing ${name} (once)…\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options: SpawnSyncOptions = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], options);
  if (spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options).status !== 0) {
    throw new Error(`${name} could not be installed. ${advice}`);
  }
}
