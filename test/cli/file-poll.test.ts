import assert from 'node:assert/strict';
import fs, { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { pollFiles } from '../../src/cli/file-poll.ts';
import { until } from '../../src/testing/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookgate-poll-'));
const path = (name: string): string => join(folder, name);
const write = (name: string, text: string): void => {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
};

const changes: string[][] = [];
let stop: () => void;

before(() => {
  write('plugins/one/index.ts', 'one');
  write('elsewhere/index.ts', 'elsewhere');
  symlinkSync(path('elsewhere'), path('plugins/linked'));
  symlinkSync(path('plugins'), path('plugins/circle'));
  symlinkSync('loop', path('plugins/loop'));
  symlinkSync('nowhere', path('plugins/dangling.ts'));
  stop = pollFiles(
    () => [path('plugins'), path('.env')],
    (paths) => changes.push(paths.map((name) => name.slice(folder.length + 1)).sort()),
  );
});
after(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves to the next report of changes. */
const reported = () => until(() => changes.shift(), { timeoutMs: 15_000 });

test('changed, new, replaced and removed files are reported once, also behind links and in new folders', async () => {
  write('plugins/one/index.ts', 'changed');
  write('plugins/two/deep/index.ts', 'new');
  write('plugins/linked/index.ts', 'changed behind a link');
  write('.env', 'A=1');
  assert.deepEqual(await reported(), [
    '.env',
    'plugins/linked/index.ts',
    'plugins/one/index.ts',
    'plugins/two/deep/index.ts',
  ]);

  write('plugins/one/next', 'changed');
  renameSync(path('plugins/one/next'), path('plugins/one/index.ts'));
  rmSync(path('plugins/two'), { recursive: true });
  assert.deepEqual(await reported(), ['plugins/one/index.ts', 'plugins/two/deep/index.ts']);
});

test('tests, packages, hidden files and files of other kinds are not reported', async () => {
  const others = ['one.test.ts', 'node_modules/a/index.js', '.cache/a.js', 'data.db', 'README.md', '.index.ts.swp'];
  const pages = ['web/index.html', 'web/package.json', 'web/src/main.ts', 'dist/index.html', 'dist/assets/main.js'];
  for (const name of [...others, ...pages]) write(`plugins/one/${name}`, 'new');
  utimesSync(path('plugins/one/index.ts'), 1, 1);
  assert.deepEqual(await reported(), ['plugins/one/index.ts']);
  assert.deepEqual(changes, []);
});

test('a link to itself, and files and folders that vanish or may not be read, count as missing', async () => {
  const failing = ['statSync', 'realpathSync', 'readdirSync'] as const;
  for (const [index, name] of failing.entries()) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const code = index === 0 ? 'EACCES' : 'ENOENT';
    const failure = mock.method(fs, name, (...args: unknown[]) => {
      if (String(args[0]).endsWith('plugins/one')) throw Object.assign(new Error(code), { code });
      return real(...args);
    });
    syncBuiltinESMExports();
    try {
      assert.deepEqual(await reported(), ['plugins/one/index.ts'], name);
    } finally {
      failure.mock.restore();
      syncBuiltinESMExports();
    }
    assert.deepEqual(await reported(), ['plugins/one/index.ts'], name);
  }
  symlinkSync('self.ts', path('plugins/one/self.ts'));
  write('plugins/one/more.ts', 'new');
  assert.deepEqual(await reported(), ['plugins/one/more.ts']);
});
