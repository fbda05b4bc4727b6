// `npm test`: types, lint, format and words, then every test on SQLite and on a MariaDB or MySQL server. Quiet when all is well.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { run } from 'node:test';
import { inspect } from 'node:util';
import { measureSlowness } from '../src/testing/patience.ts';
import { requireBrowser } from '../test/support/browser.ts';
import { findServerProgram, startDatabaseServer } from '../test/support/database-server.ts';
import { installDebianPackage } from '../test/support/debian-package.ts';
import { requireRedis } from '../test/support/redis-server.ts';
import quietReporter from './quiet-reporter.ts';
import { planProcesses } from './test/test-processes.ts';
import { endedEarly, openTestRun } from './test/test-run.ts';

const root = join(import.meta.dirname, '..');
const pages = 'plugins/console/web';
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const cache = join(root, 'node_modules', '.cache', 'hookgate-tests');

// Limits on an idle machine; multiplied by the slowness of this one. A whole run takes less than half of its limit.
const longestRunMs = 20 * 60_000;
const longestTestMs = 5 * 60_000;

/** Processes at a time: three more than processors, because tests wait a lot; at most 5, because of the database server. */
const concurrency = Math.min(availableParallelism() + 3, 5);

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
  if (files.some((file) => /(?:docs|front)-page|console\//.test(file))) requireBrowser();
  // Without a registry, only the tests that run these packages fail.
  if (files.some((file) => file.startsWith('test/apigee/')))
    await runQuietly(process.execPath, ['scripts/install.mjs', 'apigee-clients']);
  if (files.some((file) => file.includes('redis'))) requireRedis();
  Object.assign(process.env, {
    TEST_DATABASE_URL: database,
    TEST_SLOWNESS: slowness.toFixed(2),
    // Most processes load the whole gateway.
    NODE_COMPILE_CACHE: cache,
  });
  let isGreen = true;
  const events = run({
    files: planProcesses(files, tmpdir()),
    cwd: root,
    concurrency,
    timeout: Math.round(longestTestMs * slowness),
    execArgv: ['--import=./test/support/untracked-promises.ts', '--import=./test/support/leftovers.ts'],
  }).on('test:fail', () => {
    isGreen = false;
  });
  for await (const line of events.compose(quietReporter)) process.stdout.write(line);
  return isGreen;
}

/** Checks the types of a project. Several checkers would each check what they share; unchanged files are not checked again. */
const checkTypes = (project: string): Promise<boolean> => {
  const known = join(cache, `${basename(resolve(root, project))}.tsbuildinfo`);
  const args = ['-p', project, '--noEmit', '--checkers', '1', '--incremental', '--tsBuildInfoFile', known];
  return runQuietly(bin('tsc'), args);
};

/** Types of the console's pages. Without a registry, their packages are not there. */
const checkConsole = async (): Promise<boolean> => !existsSync(join(root, pages, 'node_modules')) || checkTypes(pages);

async function check(files: string[], slowness: number): Promise<number> {
  const url = databaseUrl();
  const checks = await Promise.all([
    checkTypes('.'),
    checkConsole(),
    runQuietly(bin('biome'), ['check', '--error-on-warnings', '.']),
    runQuietly(process.execPath, ['scripts/words.ts']),
    url,
  ]);
  return checks.every(Boolean) && (await runTests(files, await url, slowness)) ? 0 : 1;
}

const isOfPackage = (path: string): boolean => path.split('/').includes('node_modules');

/** Paths of test files in the project: all, or the files, folders and patterns of the command line. */
function findFiles(wanted: readonly string[]): string[] {
  const patterns = wanted.length > 0 ? wanted.flatMap((path) => [path, `${path}/**`]) : ['{test,plugins}/**'];
  const paths = globSync(patterns, { cwd: root, exclude: isOfPackage }).map((path) =>
    relative(root, resolve(root, path)),
  );
  const files = [...new Set(paths)].filter((path) => path.endsWith('.test.ts')).sort();
  if (files.length === 0) throw new Error(`There are no test files at ${wanted.join(', ')}.`);
  return files;
}

const slowness = measureSlowness(200);
const testRun = await openTestRun();
try {
  const files = findFiles(process.argv.slice(2));
  process.exitCode = await Promise.race([endedEarly(longestRunMs * slowness), check(files, slowness)]);
} catch (error) {
  process.stderr.write(`${inspect(error)}\n`);
  process.exitCode = 1;
}
await testRun.close();
process.exit();
