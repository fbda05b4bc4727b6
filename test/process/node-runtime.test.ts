import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { judgeNode } from '../../src/node-versions.mjs';
import { version } from '../../src/version.ts';
import { asNode } from '../support/as-node.ts';

const root = join(import.meta.dirname, '..', '..');
const pinned = join(root, 'node_modules', '.bin', 'node');
const folder = mkdtempSync(join(tmpdir(), 'hookgate-runtime-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a file of the project on the pinned Node.js; PATH has this `node` in front. */
function run(file: string, { system = '', ...env }: Record<string, string>, ...args: string[]) {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', 'node'), `#!/bin/sh\n[ "$1" = --version ] && echo v26.99.0 && exit\n${system}\n`);
  chmodSync(join(folder, 'bin', 'node'), 0o755);
  const PATH = `${join(root, 'node_modules', '.bin')}:${join(folder, 'bin')}:/usr/bin:/bin`;
  const options = { cwd: folder, encoding: 'utf8' as const, env: { PATH, TMPDIR: tmpdir(), ...env } };
  const { pid, status, stdout, stderr } = spawnSync(pinned, ['--no-deprecation', join(root, file), ...args], options);
  return { pid, code: status, stdout, stderr };
}

test('an old Node.js is refused with one sentence, by both entry points', () => {
  for (const file of ['bin/hookgate.mjs', 'src/main.ts']) {
    const { code, stdout, stderr } = run(file, { NODE_OPTIONS: asNode('26.5.0') }, 'check');
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 1, stdout: '', stderr: `${judgeNode('26.5.0').refusal}\n` },
      file,
    );
  }
});

test('a newer Node.js of the system takes the process over, with its arguments and environment', () => {
  const system = 'echo "$$ $SETTING $*"; exit 7';
  const { pid, code, stdout, stderr } = run('bin/hookgate.mjs', { system, SETTING: 'kept' }, 'keys', 'list');
  assert.deepEqual({ code, stderr }, { code: 7, stderr: '' });
  assert.equal(stdout, `${pid} kept --no-deprecation ${join(root, 'bin', 'hookgate.mjs')} keys list\n`);
});

test('NODE_RUNTIME=pinned keeps the one of the packages, also from .env', () => {
  const expected = { code: 0, stdout: `hookgate ${version}\n`, stderr: '' };
  const result = run('bin/hookgate.mjs', { system: 'exit 7', NODE_RUNTIME: 'pinned' }, '--version');
  assert.deepEqual({ ...result, pid: undefined }, { ...expected, pid: undefined });
  writeFileSync(join(folder, '.env'), 'NODE_RUNTIME=pinned\n');
  assert.equal(run('bin/hookgate.mjs', { system: 'exit 7' }, '--version').code, 0);
  rmSync(join(folder, '.env'));
});

test('a program that states another version than it runs causes no circle', () => {
  const { code, stdout } = run('bin/hookgate.mjs', { system: `exec "${pinned}" "$@"` }, '--version');
  assert.deepEqual({ code, stdout }, { code: 0, stdout: `hookgate ${version}\n` });
});
