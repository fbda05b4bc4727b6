import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installDebianPackage } from '../../test/support/debian-package.ts';

/** Returns the path of a program, whose Debian package of the same name is installed if missing and permitted. */
export function requireProgram(name: string): string {
  const advice = `The suite needs ${name} (Debian: apt-get install ${name}).`;
  if (!find(name)) installDebianPackage(name, advice);
  const program = find(name);
  if (!program) throw new Error(advice);
  return program;
}

function find(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
