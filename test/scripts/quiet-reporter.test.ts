import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const reporter = join(import.meta.dirname, '..', '..', 'scripts', 'quiet-reporter.ts');
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-reporter-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs a test file of these lines and returns what the reporter prints of it. */
function report(name: string, ...lines: string[]): string {
  const imports = "import { describe, test } from 'node:test';\nimport { suite } from './shared.mjs';\n";
  writeFileSync(join(folder, name), imports + lines.join('\n'));
  // A test run inside a test would otherwise report to the outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--test', `--test-reporter=${reporter}`, name];
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' }).stdout;
}

writeFileSync(
  join(folder, 'shared.mjs'),
  "import { describe } from 'node:test';\nexport const suite = (title, tests) => describe(title, tests);\n",
);

test('a green run prints its count alone; a test for elsewhere counts as skipped', () => {
  assert.equal(report('green.test.mjs', "test('a', () => {}); test('b', () => {});"), '2 passed, 0 failed\n');
  assert.equal(
    report('elsewhere.test.mjs', "test('a', () => {}); test('b', { skip: true }, () => {});"),
    '1 passed, 0 failed, 1 skipped\n',
  );
});

test('a failed test is printed with its file, its suites and its cause, wherever its suite is written', () => {
  const printed = report(
    'failed.test.mjs',
    "suite('outer', () => {",
    "  test('first', () => {});",
    "  describe('inner', () => {",
    "    test('second', () => { throw new Error('on purpose'); });",
    '  });',
    "  test('third', () => { throw 'a text'; });",
    '});',
    "test('fourth', async () => { await Promise.reject(new TypeError('of another kind')); });",
  );
  assert.match(printed, /^FAILED failed\.test\.mjs: outer > inner > second\n {4}Error: on purpose\n {8}at /m);
  assert.match(printed, /^FAILED failed\.test\.mjs: outer > third\n {4}a text\n/m);
  assert.match(printed, /^FAILED failed\.test\.mjs: fourth\n {4}TypeError: of another kind\n/m);
  assert.match(printed, /\n1 passed, 3 failed\n$/);
});

test('a test that is too slow here is named, with what was measured', () => {
  assert.equal(
    report('slow.test.mjs', "suite('outer', () => test('timed', (t) => t.skip('too slow here: 900 ms')));"),
    'SKIPPED slow.test.mjs: outer > timed\n    too slow here: 900 ms\n0 passed, 0 failed, 1 skipped\n',
  );
});

test('a file that ends before its tests do is a failure', () => {
  const printed = report('ended.test.mjs', "test('a', () => process.exit(3));");
  assert.match(printed, /^FAILED ended\.test\.mjs: /m);
  assert.match(printed, /, [1-9]\d* failed\n$/);
});
