import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { longest, planProcesses } from '../../scripts/test/test-processes.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-processes-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes a test file and returns its path from the root of the project. */
function write(name: string, ...lines: string[]): string {
  writeFileSync(join(folder, name), ["import { after, before, test } from 'node:test';", ...lines].join('\n'));
  return relative(root, join(folder, name));
}

const filesOf = (path: string): string[] =>
  path.endsWith('.mjs') ? JSON.parse(/runTogether\((.*)\);/.exec(readFileSync(path, 'utf8'))?.[1] ?? '') : [path];

test('every test file has its place in one process; the longest come first, each alone', () => {
  const files = globSync('{test,plugins}/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] }).sort();
  const plan = planProcesses(files, folder);
  assert.deepEqual(plan.flatMap(filesOf).sort(), files);
  assert.deepEqual(plan.slice(0, longest.length), longest);
  assert.ok(plan.length < files.length / 3, `${plan.length} processes`);
});

test('a file that works on its whole process is alone, and one named alone needs no other module', () => {
  const [one, two] = [write('one.test.ts'), write('two.test.ts')];
  const traces = [
    "mock.method(Date, 'now')",
    'process.chdir(folder)',
    'process.env.PORT = 1',
    "await import('./a.ts')",
  ];
  const alone = traces.map((trace, index) => write(`alone-${index}.test.ts`, trace));
  const plan = planProcesses([...alone, one, two], folder);
  assert.deepEqual(plan.map(filesOf), [[one, two], ...alone.map((file) => [file])]);
  assert.deepEqual(planProcesses([one], folder), [one]);
});

test('few files that wait for programs share a process', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    write(
      `${name}.test.ts`,
      "import { spawnChild } from '../support/spawn-child.ts';",
      'spawnChild(process.execPath);',
    ),
  );
  const other = write('other.test.ts');
  const plan = planProcesses([...files, other], folder);
  assert.deepEqual(plan.map(filesOf), [[other], files.slice(0, 3), files.slice(3)]);
});

test('files of one process have hooks of their own, and a failure is told with its file', () => {
  const lines = (name: string) => [
    `before(() => { globalThis.open = [...(globalThis.open ?? []), '${name}']; });`,
    'after(() => globalThis.open.pop());',
  ];
  const first = write('first.test.ts', ...lines('first'), "test('a', () => { throw new Error(globalThis.open); });");
  const second = write('second.test.ts', ...lines('second'), "test('b', () => { throw new Error(globalThis.open); });");
  const path = join(folder, 'both.test.mjs');
  const together = join(root, 'scripts', 'test', 'together.ts');
  writeFileSync(path, `import { runTogether } from '${together}'; runTogether(${JSON.stringify([first, second])});`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--test', `--test-reporter=${join(root, 'scripts', 'quiet-reporter.ts')}`, path];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
  assert.ok(stdout.includes(`FAILED ${first}: a\n    Error: first\n`), stdout);
  assert.ok(stdout.includes(`FAILED ${second}: b\n    Error: second\n`), stdout);
  assert.match(stdout, /\n0 passed, 2 failed\n$/);
});
