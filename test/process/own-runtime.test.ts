import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { asNode } from '../support/as-node.ts';
import { spawnChild } from '../support/spawn-child.ts';

const root = join(import.meta.dirname, '..', '..');
const entry = ['bin/hookgate.mjs', 'src/installation.mjs', 'src/own-runtime.mjs', 'src/node-versions.mjs'];

/** Node.js 20, which cannot replace a process, and Node.js 22.23, which can. */
const withoutExecve = `${asNode('20.20.2')} --import=data:text/javascript,delete%20process.execve`;
const withExecve = asNode('22.23.5');

describe("an old Node.js of the system, beside the packages' own", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-runtime-'));
    for (const name of entry) cpSync(join(root, name), join(folder, 'node_modules', 'hookgate', 'dist', name));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The package `node` at `place`, whose program is a shell script; undefined: without its install script. */
  function install(place: string, program: string | undefined): void {
    rmSync(join(folder, 'node_modules', 'node'), { recursive: true, force: true });
    rmSync(join(folder, 'node_modules', 'hookgate', 'node_modules'), { recursive: true, force: true });
    mkdirSync(join(folder, place, 'bin'), { recursive: true });
    writeFileSync(join(folder, place, 'package.json'), '{}');
    if (program === undefined) return;
    writeFileSync(join(folder, place, 'bin', 'node'), `#!/bin/sh\n${program}\n`);
    chmodSync(join(folder, place, 'bin', 'node'), 0o755);
  }

  function start(options: string, ...args: string[]) {
    const script = join(folder, 'node_modules', 'hookgate', 'dist', 'bin', 'hookgate.mjs');
    const env = { PATH: process.env.PATH, NODE_OPTIONS: options };
    const child = spawnChild(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    assert.ok(child.stdout && child.stderr);
    const printed = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const ended = printed.then(([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number }));
    return { child, ended };
  }

  for (const place of ['node_modules/node', 'node_modules/hookgate/node_modules/node']) {
    test(`${place} runs the command with its arguments, and its exit code is passed on`, async () => {
      install(place, 'shift; echo "$$ $*"; exit 7');
      for (const options of [withExecve, withoutExecve]) {
        const { child, ended } = start(options, 'keys', 'create', '--org', 'my org');
        const { stdout, stderr, code } = await ended;
        assert.match(stdout, /^\d+ keys create --org my org\n$/);
        assert.deepEqual({ stderr, code }, { stderr: '', code: 7 });
        assert.equal(stdout.startsWith(`${child.pid} `), options === withExecve, 'the process keeps its id');
      }
    });
  }

  test('signals are passed on', async () => {
    install('node_modules/node', "trap 'echo stopped; exit 3' TERM; echo up; while :; do sleep 0.02; done");
    const { child, ended } = start(withoutExecve, 'start');
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.equal((await ended).code, 3);
  });

  test('without it, the refusal says what to do, and nothing else is tried', async () => {
    install('node_modules/node', undefined);
    const { stdout, stderr, code } = await start(withoutExecve, 'start').ended;
    assert.deepEqual({ stdout, code }, { stdout: '', code: 1 });
    assert.match(
      stderr,
      /^hookgate does not run on Node\.js 20\.20\.2: allow the install script of its package "node", .*\.\n$/,
    );
  });

  test('a program that is refused too causes no circle', async () => {
    install('node_modules/node', `exec "${process.execPath}" "$@"`);
    const { stderr, code } = await start(withExecve, 'start').ended;
    assert.match(stderr, /^hookgate does not run on Node\.js 22\.23\.5: [^\n]*\n$/);
    assert.equal(code, 1);
  });

  test('a command of npx stops with the shell above it, which passes no signal on', async () => {
    const script = join(folder, 'stops.mjs');
    writeFileSync(
      script,
      `import { endWithParent } from './node_modules/hookgate/dist/src/own-runtime.mjs';
       process.on('SIGTERM', () => { console.log('stopped'); process.exit(); });
       endWithParent(); setInterval(() => {}, 1000); console.log('up');`,
    );
    const env = { ...process.env, npm_lifecycle_event: 'npx' };
    const shell = spawnChild('/bin/sh', ['-c', `"${process.execPath}" "${script}"; true`], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(shell.stdout);
    const output = text(shell.stdout);
    await once(shell.stdout, 'readable');
    shell.kill('SIGKILL');
    assert.equal(await output, 'up\nstopped\n');
  });
});
