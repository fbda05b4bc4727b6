import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { eventually } from '../support/eventually.ts';

const root = join(import.meta.dirname, '..', '..');

/** A stand-in for Vite, which writes the content of `src/main.ts` and the number of its runs. */
const vite = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const output = process.argv[process.argv.indexOf('--outDir') + 1];
appendFileSync('../runs', 'run ');
while (existsSync('../wait')) await sleep(10);
mkdirSync(output, { recursive: true });
const source = readFileSync('src/main.ts', 'utf8');
if (source === 'broken') throw new Error('main.ts is broken');
writeFileSync(output + '/index.html', source);
writeFileSync(output + '/' + source + '.js', '');
`;

describe('the build of the console', () => {
  let project: string;
  before(() => {
    project = mkdtempSync(join(tmpdir(), 'hookgate console-'));
    for (const name of ['prepare.mjs', 'console.mjs', 'console', 'install.mjs', 'install'])
      cpSync(join(root, 'scripts', name), join(project, 'scripts', name), { recursive: true });
    for (const name of ['installation.mjs', 'node-versions.mjs'])
      cpSync(join(root, 'src', name), join(project, 'src', name));
    write('src/client/client.ts', 'client');
    write('package-lock.json', '{ "packages": {} }');
  });
  beforeEach(() => {
    rmSync(join(project, 'plugins'), { recursive: true, force: true });
    write('plugins/console/web/package-lock.json', '{ "packages": {} }');
    write('plugins/console/web/src/main.ts', 'one');
    write('plugins/console/web/node_modules/vite/bin/vite.js', vite);
    write('plugins/console/web/node_modules/vite/package.json', '{ "type": "module" }');
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  }
  const read = (path: string): string => readFileSync(join(project, path), 'utf8');
  const runs = (): number => read('plugins/console/runs').split(' ').length - 1;
  const page = (): string => read('plugins/console/dist/index.html');

  function start(script = 'prepare', env: Record<string, string> = {}) {
    const { NODE_ENV: _, NODE_TEST_CONTEXT: __, ...outer } = process.env;
    const child = spawn(process.execPath, [`scripts/${script}.mjs`], {
      cwd: project,
      env: { ...outer, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = (async () => {
      const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      return { output: out + err, code };
    })();
    return { child, ended };
  }
  const run = (script?: string, env?: Record<string, string>) => start(script, env).ended;
  const silent = { output: '', code: 0 };
  const built = { output: 'Building the console (once)…\n', code: 0 };

  test('the pages are built once, and again when a source has another content', async () => {
    write('plugins/console/.dist-new/half', 'of a build that was killed');
    assert.deepEqual(await run(), built);
    assert.equal(page(), 'one');
    assert.deepEqual(await run(), silent);
    utimesSync(join(project, 'plugins/console/web/src/main.ts'), 1, 1);
    write('plugins/console/web/src/texts/generated.js', 'by the build');
    write('plugins/console/web/node_modules/other.js', 'another package');
    assert.deepEqual(await run(), silent);
    assert.equal(runs(), 1);
    write('plugins/console/web/src/main.ts', 'two');
    assert.deepEqual(await run('console'), built);
    assert.equal(page(), 'two');
    for (const [path, content] of [
      ['src/client/client.ts', 'another client'],
      ['plugins/console/web/package-lock.json', '{ "packages": {}, "version": 2 }'],
      ['plugins/console/web/src/added.ts', 'added'],
    ] as const) {
      write(path, content);
      assert.deepEqual(await run(), built, path);
    }
    const names = readdirSync(join(project, 'plugins/console'));
    assert.deepEqual(names.sort(), ['dist', 'runs', 'web']);
    assert.deepEqual(readdirSync(join(project, 'plugins/console/dist')).sort(), ['.built', 'index.html', 'two.js']);
  });

  test('two builds at once: one builds, the other waits for it', async () => {
    write('plugins/console/wait', '');
    const first = start();
    await eventually(() => existsSync(join(project, 'plugins/console/runs')));
    const second = start('console');
    let said = '';
    second.child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await eventually(() => said.includes('which builds the console…'));
    rmSync(join(project, 'plugins/console/wait'));
    assert.deepEqual(await first.ended, built);
    assert.equal((await second.ended).code, 0);
    assert.match(said, new RegExp(`^Waiting for process ${first.child.pid}, which builds the console…\\n$`));
    assert.equal(runs(), 1);
  });

  test('a build that fails is one line before a start, which goes on with the former pages or without', async () => {
    write('plugins/console/web/src/main.ts', 'broken');
    const line = 'The console is not built: the build failed. "npm run console" shows the cause.\n';
    assert.deepEqual(await run(), { output: built.output + line, code: 0 });
    assert.ok(!existsSync(join(project, 'plugins/console/dist')));
    const { output, code } = await run('console');
    assert.equal(code, 1);
    assert.match(output, /Error: main\.ts is broken/);
    write('plugins/console/web/src/main.ts', 'one');
    assert.deepEqual(await run(), built);
    write('plugins/console/web/src/main.ts', 'broken');
    assert.match((await run()).output, /\nThe console stays as it was built before: the build failed\. /);
    assert.equal(page(), 'one');
  });

  test('without a registry, or with NODE_ENV=production, the start goes on without the console', async () => {
    const packages = { 'node_modules/none': { version: '1.0.0', resolved: 'http://127.0.0.1:9/none.tgz' } };
    const manifest = { name: 'web', version: '1.0.0', dependencies: { none: '1.0.0' } };
    write('plugins/console/web/package.json', JSON.stringify(manifest));
    const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
    write('plugins/console/web/package-lock.json', JSON.stringify(lock));
    const line = 'The console is not built: its packages cannot be installed. "npm run console" shows the cause.\n';
    for (const env of [{ npm_config_registry: 'http://127.0.0.1:9/' }, { NODE_ENV: 'production' }])
      assert.deepEqual(await run('prepare', env), { output: built.output + line, code: 0 });
    assert.match((await run('console', { NODE_ENV: 'production' })).output, /nothing is installed with NODE_ENV/);
  });

  test('a signal ends the build and the start', async () => {
    write('plugins/console/wait', '');
    const { child, ended } = start();
    await eventually(() => existsSync(join(project, 'plugins/console/runs')));
    child.kill('SIGTERM');
    assert.deepEqual(await ended, { ...built, code: 143 });
    assert.ok(!existsSync(join(project, 'plugins/console/.installing')));
    rmSync(join(project, 'plugins/console/wait'));
    assert.deepEqual(await run(), built);
  });
});
