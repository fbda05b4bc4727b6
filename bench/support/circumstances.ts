import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { connections } from './load.ts';

/** Machine and versions, a line each. `names`: packages whose versions matter. */
export function describeCircumstances(databaseVersion: string, names: readonly string[]): string[] {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `Machine: ${processors.length} × ${processors[0]?.model.trim()}, ${memory} GiB, ${type()} ${release()}; load generator and database run on it as well.`,
    `Versions: Node ${process.versions.node}, ${[...names, 'autocannon'].map((name) => `${name} ${versionOf(name)}`).join(', ')}, database ${databaseVersion} with default durability.`,
    `Load: one process a contender, ${connections} connections, 20 database connections each.`,
  ];
}

function versionOf(name: string): string {
  const require = createRequire(join(import.meta.dirname, '..', 'package.json'));
  const folder = require.resolve.paths(name)?.map((path) => join(path, name, 'package.json')) ?? [];
  for (const file of folder) {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      // Not installed here: the next folder up.
    }
  }
  throw new Error(`${name} is not installed.`);
}
