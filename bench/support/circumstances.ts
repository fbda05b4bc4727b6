import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { connections } from './load.ts';

/** Machine, versions and load, a line each. `names`: packages whose versions are listed. */
export function describeCircumstances(databaseVersion: string, names: readonly string[]): string[] {
  return [
    describeMachine('load generator and database run on it as well'),
    describeVersions([...names, 'autocannon'], `database ${databaseVersion} with default durability`),
    `Load: one process a contender, ${connections} connections, 20 database connections each.`,
  ];
}

export function describeMachine(remark: string): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Machine: ${processors.length} × ${processors[0]?.model.trim()}, ${memory} GiB, ${type()} ${release()}; ${remark}.`;
}

/** `others`: versions of programs other than npm packages. */
export const describeVersions = (names: readonly string[], ...others: readonly string[]): string =>
  `Versions: ${[`Node ${process.versions.node}`, ...names.map((name) => `${name} ${versionOf(name)}`), ...others].join(', ')}.`;

/** The project's own packages come first: contenders may bring other versions. */
const folders = [join(import.meta.dirname, '..', '..'), join(import.meta.dirname, '..')];

function versionOf(name: string): string {
  const file = folders
    .map((folder) => join(folder, 'node_modules', name, 'package.json'))
    .find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`${name} is not installed.`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
