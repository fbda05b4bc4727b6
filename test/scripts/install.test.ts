import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { compareWithLock } from '../../scripts/install/installed-packages.mjs';
import { findGateways, gatewaysAmong } from '../../scripts/install/running-gateways.mjs';
import { eventually } from '../support/eventually.ts';
import { spawnChild } from '../support/spawn-child.ts';

const scripts = join(import.meta.dirname, '..', '..', 'scripts');

/** Stands in for npm: writes its arguments to `calls`, and waits for a signal with `HANG`. */
const npmStub = `
  const { appendFileSync, rmSync } = require('node:fs');
  appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
  if (process.env.HANG) {
    setInterval(() => undefined, 1000);
    process.on('SIGINT', () => { appendFileSync('calls', 'SIGINT\\n'); process.exit(1); });
  }`;

interface Folder {
  readonly root: string;
  install(args?: readonly string[], env?: Readonly<Record<string, string>>): { code: number | null; stderr: string };
  /** Commands that npm was called with, without their options. */
  calls(): string[];
}

/** A project with a package, a development package, an optional one for another platform, and `scripts/install.mjs`. */
function createFolder(root: string): Folder {
  cpSync(join(scripts, 'install.mjs'), join(root, 'scripts', 'install.mjs'));
  cpSync(join(scripts, 'install'), join(root, 'scripts', 'install'), { recursive: true });
  for (const name of ['node-versions.mjs', 'installation.mjs'])
    cpSync(join(scripts, '..', 'src', name), join(root, 'src', name));
  for (const [path, text] of [
    ['npm-cli.js', npmStub],
    ['bin/hookgate.mjs', 'setInterval(() => undefined, 1000)'],
    ['src/main.ts', 'setInterval(() => undefined, 1000)'],
  ] as const) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const name of ['needed', 'tool']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    execFileSync('tar', ['-czf', `${name}.tgz`, name], { cwd: root });
  }
  const manifest = { name: 'hookgate', version: '1.0.0' };
  const dependencies = { needed: 'file:needed.tgz' };
  const devDependencies = { tool: 'file:tool.tgz' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ ...manifest, dependencies, devDependencies }));
  const packages = {
    '': { ...manifest, dependencies, devDependencies },
    'node_modules/needed': { version: '1.0.0', resolved: 'file:needed.tgz' },
    'node_modules/tool': { version: '1.0.0', resolved: 'file:tool.tgz', dev: true },
    'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['elsewhere'] },
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ ...manifest, lockfileVersion: 3, packages }));
  return {
    root,
    install: (args = [], env = {}) => {
      const options = { cwd: tmpdir(), encoding: 'utf8' as const, env: { ...environment(root), ...env } };
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'install.mjs'), ...args], options);
      return { code: status, stderr };
    },
    calls: () => {
      const text = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8') : '';
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' --prefer-offline')[0] ?? '');
    },
  };
}

const environment = (root: string) => ({
  PATH: process.env.PATH ?? '',
  HOME: root,
  TMPDIR: tmpdir(),
  npm_execpath: join(root, 'npm-cli.js'),
  // Out of reach.
  npm_config_registry: 'http://127.0.0.1:9/',
});

/** Writes the packages and npm's record of them, as a complete `npm ci` leaves them. */
function putPackages({ root }: Folder, names: readonly string[]): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  for (const name of names) cpSync(join(root, name), join(root, 'node_modules', name), { recursive: true });
  const kept = Object.fromEntries(names.map((name) => [`node_modules/${name}`, packages[`node_modules/${name}`]]));
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: kept }));
}

describe('scripts/install.mjs', () => {
  const base = mkdtempSync(join(tmpdir(), 'hookgate-install-test-'));
  const folder = createFolder(base);
  after(() => rmSync(base, { recursive: true, force: true }));
  beforeEach(() => {
    for (const path of ['calls', '.installing']) rmSync(join(base, path), { force: true });
  });
  const change = (path: string, text: string): void => writeFileSync(join(base, 'node_modules', path), text);

  test('a complete installation of `npm ci` is left alone', () => {
    putPackages(folder, ['needed', 'tool']);
    assert.deepEqual(folder.install(['--dev']), { code: 0, stderr: '' });
    putPackages(folder, ['needed']);
    assert.deepEqual(folder.install([], { NODE_ENV: 'production' }), { code: 0, stderr: '' });
    assert.deepEqual(folder.calls(), []);
  });

  test('packages are missing, and an interrupted installation is told from one to complete', () => {
    const record = join(base, 'node_modules', '.package-lock.json');
    const add = (name: string) => cpSync(join(base, name), join(base, 'node_modules', name), { recursive: true });
    const remove = (name: string) => rmSync(join(base, 'node_modules', name), { recursive: true });
    const cases: readonly [title: string, prepare: () => void, dev: boolean, missing: string[], isBroken: boolean][] = [
      ['complete', () => undefined, false, [], false],
      ['nothing there', () => remove(''), false, ['needed 1.0.0'], true],
      ['killed before npm recorded the end', () => rmSync(record), false, ['needed 1.0.0'], true],
      ['record cut off', () => writeFileSync(record, '{"packages":{'), false, ['needed 1.0.0'], true],
      ['folder deleted', () => remove('needed'), false, ['needed 1.0.0'], false],
      ['another version', () => change('needed/package.json', '{"version":"0.9.0"}'), false, ['needed 1.0.0'], false],
      ['without development packages', () => undefined, true, ['tool 1.0.0'], false],
      ['killed while packages were added', () => add('tool'), true, ['tool 1.0.0'], true],
    ];
    for (const [title, prepare, dev, missing, isBroken] of cases) {
      putPackages(folder, ['needed']);
      prepare();
      const found = compareWithLock(base, { dev });
      assert.deepEqual([found.missing, found.isBroken], [missing, isBroken], title);
    }
  });

  test('the program of the package `node` is missing if the other Node.js is refused', () => {
    const runtime = mkdtempSync(join(tmpdir(), 'hookgate-packages-'));
    const folders = { 'node_modules/node': { version: '26.10.0' } };
    const versions = ['v20.20.2', 'v26.12.1'];
    const missing = () => versions.map((version) => compareWithLock(runtime, { dev: false, version }).missing);
    try {
      mkdirSync(join(runtime, 'node_modules', 'node', 'bin'), { recursive: true });
      for (const file of ['package-lock.json', 'node_modules/.package-lock.json'])
        writeFileSync(join(runtime, file), JSON.stringify({ packages: folders }));
      writeFileSync(join(runtime, 'node_modules', 'node', 'package.json'), '{"version":"26.10.0"}');
      assert.deepEqual(missing(), [['node 26.10.0'], []]);
      writeFileSync(join(runtime, 'node_modules', 'node', 'bin', 'node'), '');
      assert.deepEqual(missing(), [[], []]);
    } finally {
      rmSync(runtime, { recursive: true, force: true });
    }
  });

  test('npm starts from nothing after an interrupted installation only', () => {
    putPackages(folder, ['needed']);
    const { code, stderr } = folder.install(['--dev']);
    // The stub installs nothing, so the package is still missing.
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Installing packages \(once\)…\nPackages are missing \(tool 1\.0\.0\), and npm ended without an error/,
    );
    assert.deepEqual(folder.calls(), ['install --no-save --include=dev', 'ci --include=dev']);
    rmSync(join(base, 'calls'));
    // Development packages of an earlier installation are kept.
    putPackages(folder, ['tool']);
    cpSync(join(base, 'needed'), join(base, 'node_modules', 'needed'), { recursive: true });
    folder.install();
    assert.deepEqual(folder.calls(), ['ci --include=dev']);
  });

  test('nothing is installed for production', () => {
    putPackages(folder, ['needed']);
    const { code, stderr } = folder.install(['--dev'], { NODE_ENV: 'production' });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'Packages are missing (tool 1.0.0), and nothing is installed with NODE_ENV=production. The command that installs them is: npm ci --include=dev\n',
    );
    assert.deepEqual(folder.calls(), []);
  });

  test('nothing is installed below a running gateway, however it was started', async () => {
    putPackages(folder, ['needed']);
    const elsewhere = mkdtempSync(join(tmpdir(), 'hookgate-elsewhere-'));
    createFolder(elsewhere);
    const start = (cwd: string, program: string, ...args: string[]) =>
      spawnChild(program, args, { cwd, env: environment(base), stdio: 'ignore' });
    const gateways = [
      start(base, process.execPath, 'bin/hookgate.mjs'),
      start(elsewhere, process.execPath, '--no-warnings', join(base, 'bin', 'hookgate.mjs'), 'start'),
      start(join(base, 'bin'), process.execPath, '../src/main.ts'),
    ];
    const others = [
      start(elsewhere, process.execPath, 'bin/hookgate.mjs'),
      start(base, process.execPath, '-e', 'setInterval(() => undefined, 1000)'),
      start(base, 'tail', '-f', 'bin/hookgate.mjs'),
    ];
    try {
      const expected = gateways.map(({ pid }) => Number(pid)).sort(ascending);
      await eventually(() => isDeepStrictEqual(findGateways(base).sort(ascending), expected));
      for (const child of gateways.slice(1)) await end(child);
      const { code, stderr } = folder.install(['--dev']);
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `Packages are missing (tool 1.0.0), and process ${gateways[0]?.pid} runs the gateway from this folder: stop it first. The command that installs them is: npm ci --include=dev\n`,
      );
      assert.deepEqual(folder.install(), { code: 0, stderr: '' });
      assert.deepEqual(folder.calls(), []);
    } finally {
      await Promise.all([...gateways, ...others].map(end));
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test('on systems without /proc the gateways are found among the lines of `ps`', () => {
    const lines = [
      '    1 /sbin/launchd',
      '   21 /opt/hookgate/node_modules/.bin/node bin/hookgate.mjs',
      '   22 node /opt/hookgate/bin/hookgate.mjs start',
      '   23 node bin/hookgate.mjs',
      '   24 node /opt/another/bin/hookgate.mjs',
      '   25 vim bin/hookgate.mjs',
      '   26 node scripts/install.mjs',
      '   27 "C:\\Program Files\\nodejs\\node.exe" bin\\hookgate.mjs',
    ];
    assert.deepEqual(gatewaysAmong(lines.join('\r\n'), '/opt/hookgate'), [21, 22, 23, 27]);
  });

  test('a signal reaches npm, and the next start waits for an installation that still runs', async () => {
    rmSync(join(base, 'node_modules'), { recursive: true });
    const start = (env: Record<string, string>) =>
      spawnChild(process.execPath, ['scripts/install.mjs'], {
        cwd: base,
        env: { ...environment(base), ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    const first = start({ HANG: 'true' });
    await eventually(() => folder.calls().length === 1);
    const second = start({});
    const [line] = await once(second.stderr ?? assert.fail(), 'data');
    assert.equal(String(line), `Waiting for process ${first.pid}, which installs packages…\n`);
    first.kill('SIGINT');
    assert.deepEqual(await once(first, 'exit'), [130, null]);
    assert.deepEqual(await once(second, 'exit'), [1, null]);
    assert.deepEqual(folder.calls(), ['ci --omit=dev', 'SIGINT', 'ci --omit=dev']);
    assert.equal(existsSync(join(base, '.installing')), false);
  });

  test('the mark of an installation that was killed stops nothing', () => {
    writeFileSync(join(base, '.installing'), `${process.pid}\n999999999\n`);
    assert.equal(folder.install().code, 1);
    assert.deepEqual(folder.calls(), ['ci --omit=dev']);
    assert.equal(existsSync(join(base, '.installing')), false);
  });
});

describe('with npm itself, and no registry in reach', () => {
  const base = mkdtempSync(join(tmpdir(), 'hookgate-npm-test-'));
  const folder = createFolder(base);
  before(() => rmSync(join(base, 'npm-cli.js')));
  after(() => rmSync(base, { recursive: true, force: true }));
  const install = (...args: string[]) => folder.install(args, { npm_execpath: '' });
  const has = (path: string): boolean => existsSync(join(base, 'node_modules', path));

  test('a start installs without development packages, and a test adds them without touching the others', () => {
    assert.equal(install().code, 0);
    assert.deepEqual([has('needed'), has('tool')], [true, false]);
    const { ino } = statSync(join(base, 'node_modules', 'needed', 'package.json'));
    assert.equal(install('--dev').code, 0);
    assert.deepEqual([has('needed'), has('tool')], [true, true]);
    assert.equal(statSync(join(base, 'node_modules', 'needed', 'package.json')).ino, ino);
  });

  test('an installation that fails deletes nothing', () => {
    rmSync(join(base, 'node_modules', 'tool'), { recursive: true });
    renameSync(join(base, 'tool.tgz'), join(base, 'away.tgz'));
    assert.notEqual(install('--dev').code, 0);
    assert.equal(has('needed'), true);
    assert.deepEqual(install(), { code: 0, stderr: '' });
  });
});

const ascending = (one: number, other: number): number => one - other;

async function end(child: ReturnType<typeof spawnChild>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
