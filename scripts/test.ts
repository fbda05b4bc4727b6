// `npm test`: types, lint and format, then every test on SQLite and on a MariaDB or MySQL server. Quiet when all is well.
import { type StdioOptions, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { requireBrowser } from '../test/support/browser.ts';
import { findServerProgram, startDatabaseServer } from '../test/support/database-server.ts';
import { installDebianPackage } from '../test/support/debian-package.ts';
import { requireRedis } from '../test/support/redis-server.ts';

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** Twice what the whole suite may take: a test that never gives the processor back cannot be ended from inside. */
const longestMs = 20 * 60_000;

function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): boolean {
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit'];
  const { status, signal, error } = spawnSync(command, args, { cwd: root, env, stdio, timeout: longestMs });
  if (error || signal) process.stderr.write(`The tests were ended: ${error?.message ?? signal}\n`);
  return status === 0;
}

/** Runs a command and shows what it printed only if it failed. */
function runQuietly(command: string, args: string[]): boolean {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) process.stderr.write(`${result.stdout}${result.stderr}`);
  return result.status === 0;
}

const serverAdvice =
  'The tests need MariaDB or MySQL. Install mariadb-server (Debian: apt-get install mariadb-server), or set TEST_DATABASE_URL=mysql://user:password@host:port to a server whose user may create databases.';

async function runTests(files: string[]): Promise<boolean> {
  // Here and not in the tests that need them, whose time is limited.
  if (files.some((file) => file.includes('docs-page'))) requireBrowser();
  if (files.some((file) => file.includes('redis'))) requireRedis();
  const args = [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=120000',
    '--import=./test/support/leftovers.ts',
    '--test-reporter=./scripts/quiet-reporter.ts',
  ];
  const given = process.env.TEST_DATABASE_URL;
  if (given) return run(process.execPath, [...args, ...files]);
  if (!findServerProgram()) installDebianPackage('mariadb-server', serverAdvice);
  const server = await startDatabaseServer();
  try {
    return run(process.execPath, [...args, ...files], { ...process.env, TEST_DATABASE_URL: server.url });
  } finally {
    await server.stop();
  }
}

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync('test/**/*.test.ts', { cwd: root }).sort();
const isClean = runQuietly(bin('tsc'), ['--noEmit']) && runQuietly(bin('biome'), ['check', '--error-on-warnings', '.']);
const isGreen = isClean && (await runTests(files));
process.exitCode = isGreen ? 0 : 1;
