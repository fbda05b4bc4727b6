// `npm test`: types, lint, format and words, then every test on SQLite and on a MariaDB or MySQL server. Quiet when all is well.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { requireBrowser } from '../test/support/browser.ts';
import { findServerProgram, startDatabaseServer } from '../test/support/database-server.ts';
import { installDebianPackage } from '../test/support/debian-package.ts';
import { measureSlowness } from '../test/support/patience.ts';
import { requireRedis } from '../test/support/redis-server.ts';
import { endedEarly, openTestRun } from './test/test-run.ts';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

// Limits on an idle machine; multiplied by the slowness of this one. A whole run takes less than half of its limit.
const longestRunMs = 20 * 60_000;
const longestTestMs = 5 * 60_000;

/** Test files at a time: two more than processors, because tests wait a lot; at most 4, because of the database server. */
const concurrency = Math.min(availableParallelism() + 2, 4);

/** Runs a command and prints its output only if it fails. */
async function runQuietly(command: string, args: string[]): Promise<boolean> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) process.stderr.write(`${stdout}${stderr}`);
  return code === 0;
}

const serverAdvice =
  'The tests need MariaDB or MySQL. Install mariadb-server (Debian: apt-get install mariadb-server), or set TEST_DATABASE_URL=mysql://user:password@host:port to a server whose user may create databases.';

async function databaseUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return given;
  if (!findServerProgram()) installDebianPackage('mariadb-server', serverAdvice);
  return (await startDatabaseServer()).url;
}

async function runTests(files: string[], database: string, slowness: number): Promise<boolean> {
  // Installed before the tests, whose time is limited.
  if (files.some((file) => file.includes('docs-page'))) requireBrowser();
  if (files.some((file) => file.includes('redis'))) requireRedis();
  const args = [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${Math.round(longestTestMs * slowness)}`,
    '--import=./test/support/untracked-promises.ts',
    '--import=./test/support/leftovers.ts',
    '--test-reporter=./scripts/quiet-reporter.ts',
    ...files,
  ];
  const env = {
    ...process.env,
    TEST_DATABASE_URL: database,
    TEST_SLOWNESS: slowness.toFixed(2),
    // Each file is a process, and most files load the whole gateway.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'hookgate-tests'),
  };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  return code === 0;
}

async function check(files: string[], slowness: number): Promise<number> {
  const url = databaseUrl();
  const checks = await Promise.all([
    runQuietly(bin('tsc'), ['--noEmit']),
    runQuietly(bin('biome'), ['check', '--error-on-warnings', '.']),
    runQuietly(process.execPath, ['scripts/words.ts']),
    url,
  ]);
  return checks.every(Boolean) && (await runTests(files, await url, slowness)) ? 0 : 1;
}

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync('test/**/*.test.ts', { cwd: root }).sort();
const slowness = measureSlowness(200);
const run = await openTestRun();
try {
  process.exitCode = await Promise.race([endedEarly(longestRunMs * slowness), check(files, slowness)]);
} catch (error) {
  process.stderr.write(`${inspect(error)}\n`);
  process.exitCode = 1;
}
await run.close();
process.exit();
