// `npm run try-package`: a user's way with the package, timed. Packs it, judges the tarball, installs it into an empty folder from the
// registry, starts it with a plugin in TypeScript and a packaged plugin with a Joi of its own, and tests a plugin.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hookgate try-')));
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const { npm_config_local_prefix: _, ...outer } = process.env;
const settings = { ...outer, PORT: '0', METRICS_PORT: '0', DEMO: 'true' };

function run(cwd: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env: settings, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** Runs a step and prints its name with the seconds that it took. */
async function timed<T>(title: string, step: () => T | Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await step();
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${title}\n`);
  return result;
}

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Megabytes of a folder, each inode once, and the number of packages in it. */
function measure(path: string): string {
  const inodes = new Map<number, number>();
  for (const entry of globSync('**/*', { cwd: path })) {
    const { ino, size } = lstatSync(join(path, entry));
    inodes.set(ino, size);
  }
  const bytes = [...inodes.values()].reduce((sum, size) => sum + size, 0);
  const { packages } = JSON.parse(readFileSync(join(path, '.package-lock.json'), 'utf8'));
  return `${(bytes / 1e6).toFixed(1)} MB in ${Object.keys(packages).length} packages`;
}

const route = (path: string, schema: string): string => `{
  method: 'GET', path: '${path}', summary: 'Say hello', public: true, query: ${schema},
  answers: { 200: { description: 'The greeting.' } },
  handler: (req, res) => { res.json({ hello: req.query.name }); },
}`;

const typedPlugin = `import { definePlugin, defineRoute, Joi } from 'hookgate/plugin';

export const typed = definePlugin({
  name: 'typed',
  apiVersion: 1,
  setup: () => ({
    routes: [defineRoute(${route('/api/v1/typed', 'Joi.object<{ name: string }>({ name: Joi.string().required() })')})],
  }),
});
`;
const packagedPlugin = `import Joi from 'joi';
import { definePlugin } from 'hookgate/plugin';
export const packaged = definePlugin({ name: 'packaged', apiVersion: 1, setup: () => ({
  routes: [${route('/api/v1/packaged', 'Joi.object({ name: Joi.string().required() })')}] }) });
`;
const typedTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestGateway } from 'hookgate/testing';
import { typed } from './plugins/typed/index.ts';

test('says hello', async () => {
  const gateway = await createTestGateway({ plugins: [typed] });
  try {
    const { body } = await gateway.request('/api/v1/typed?name=Ann', { target: 'typed' });
    assert.deepEqual(body, { hello: 'Ann' });
  } finally {
    await gateway.close();
  }
});
`;
const compilerOptions = { module: 'nodenext', target: 'esnext', strict: true, skipLibCheck: false, noEmit: true };

async function startAndCall(): Promise<void> {
  const child = spawn('npx', ['hookgate', 'start'], {
    cwd: folder,
    env: { ...settings, PLUGINS: 'hookgate-packaged' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let printed = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    printed += chunk;
    if (/listens on .*\n/.test(printed)) break;
  }
  const [, url = ''] = /listens on (\S+)\n/.exec(printed) ?? [];
  for (const target of ['typed', 'packaged']) {
    const answer = await fetch(`${url}/api/v1/${target}?name=Ann`, { headers: { 'X-Target-Server': target } });
    if (answer.status !== 200) throw new Error(`${target} answered ${answer.status}: ${await answer.text()}`);
  }
  const pages = await fetch(`${url}/`, { headers: { Accept: 'text/html' } });
  if (pages.status !== 200 || pages.url !== `${url}/console/`)
    throw new Error(`/ led to ${pages.url}: ${pages.status}`);
  const invalid = await fetch(`${url}/api/v1/packaged`, { headers: { 'X-Target-Server': 'packaged' } });
  if (invalid.status !== 400) throw new Error(`a call without its parameter got ${invalid.status}`);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await once(child, 'exit');
}

try {
  const before = join(folder, 'before');
  mkdirSync(before);
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(before, name));
  await timed('npm ci --omit=dev, of a checkout', () => run(before, 'npm', 'ci', '--omit=dev', ...quiet));
  process.stdout.write(`          ${measure(join(before, 'node_modules'))}\n`);
  rmSync(before, { recursive: true, force: true });

  const pack = () => JSON.parse(run(root, 'npm', 'pack', '--json', '--pack-destination', folder));
  const [{ filename, size, unpackedSize }] = await timed('npm pack', pack);
  process.stdout.write(`          ${(size / 1e3).toFixed(0)} kB, unpacked ${(unpackedSize / 1e3).toFixed(0)} kB\n`);
  run(root, process.execPath, 'scripts/install.mjs', 'scripts/package');
  await timed('publint and attw', () =>
    run(root, process.execPath, 'scripts/package/lint.mjs', join(folder, filename)),
  );

  write('package.json', { private: true, type: 'module' });
  await timed('npm install <tarball>, in an empty folder', () =>
    run(folder, 'npm', 'install', `./${filename}`, ...quiet),
  );
  process.stdout.write(`          ${measure(join(folder, 'node_modules'))}\n`);

  const dependencies = { joi: '17.13.3' };
  const manifest = { name: 'hookgate-packaged', version: '1.0.0', type: 'module', exports: './index.js', dependencies };
  write('packaged/package.json', manifest);
  write('packaged/index.js', packagedPlugin);
  const packaged = run(join(folder, 'packaged'), 'npm', 'pack', '--pack-destination', folder, '--silent').trim();
  const more = [`./${packaged}`, 'typescript@7.0.2'];
  await timed('npm install <packaged plugin> typescript', () => run(folder, 'npm', 'install', ...more, ...quiet));

  write('plugins/typed/index.ts', typedPlugin);
  await timed('npx hookgate start, both plugins answer, stop', startAndCall);
  write('typed.test.ts', typedTest);
  write('tsconfig.json', {
    compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true },
    include: ['plugins', '*.ts'],
  });
  await timed('tsc, strict, with skipLibCheck: false', () => run(folder, 'npx', 'tsc', '-p', '.'));
  await timed('node --test, with hookgate/testing', () => run(folder, process.execPath, '--test', 'typed.test.ts'));
  await timed('npx hookgate plugin new notes', () => run(folder, 'npx', 'hookgate', 'plugin', 'new', 'notes'));
  await timed('npx hookgate plugin test notes', () => run(folder, 'npx', 'hookgate', 'plugin', 'test', 'notes'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
