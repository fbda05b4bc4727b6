import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { installedPlugins } from '../../src/cli/installed-plugins.ts';
import { StartError } from '../../src/errors.ts';
import { createFoundation, ownersOf } from '../../src/foundation.ts';
import type { Environment } from '../../src/settings.ts';

const root = join(import.meta.dirname, '..', '..');
const included = ['authentication', 'console', 'integration'];

const plugin = (name: string): string =>
  `import { definePlugin } from 'hookgate/plugin';
   export const plugin = definePlugin({ name: '${name}', apiVersion: 1, setup: () => ({ routes: [] }) });`;

describe('installed plugins', () => {
  const home = process.cwd();
  let folder: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'hookgate plugins é-')));
    process.chdir(folder);
  });
  afterEach(() => {
    for (const name of ['plugins', 'others', 'node_modules'])
      rmSync(join(folder, name), { recursive: true, force: true });
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  const load = async (env: Environment = {}) => (await installedPlugins(env)).map(({ plugin: { name } }) => name);
  const refused = (env: Environment, pattern: RegExp) =>
    assert.rejects(installedPlugins(env), (error: unknown) => {
      assert.ok(error instanceof StartError, String(error));
      assert.match(error.message, pattern);
      return true;
    });

  test('plugins of ./plugins or PLUGINS_DIR follow the included ones', async () => {
    assert.deepEqual(await load(), included);
    write({ 'plugins/notes/index.ts': plugin('notes'), 'others/b/index.mjs': plugin('other') });
    assert.deepEqual(await load(), [...included, 'notes']);
    assert.deepEqual(await load({ PLUGINS_DIR: '' }), [...included, 'notes']);
    assert.deepEqual(await load({ PLUGINS_DIR: './others' }), [...included, 'other']);
    assert.deepEqual(await load({ PLUGINS_DIR: join(folder, 'others') }), [...included, 'other']);
  });

  test('a plugin is loaded once, also when PLUGINS_DIR is the folder of the included ones, or PLUGINS names it again', async () => {
    assert.deepEqual(await load({ PLUGINS_DIR: join(root, 'plugins') }), included);
    write({ 'plugins/notes/index.ts': plugin('notes') });
    symlinkSync(join(root, 'plugins'), join(folder, 'others'));
    assert.deepEqual(await load({ PLUGINS_DIR: 'others', PLUGINS: './plugins/notes,./plugins/notes/index.ts' }), [
      ...included,
      'notes',
    ]);
  });

  test('links to plugin folders elsewhere are followed', async () => {
    write({ 'others/notes-repository/index.ts': plugin('notes'), 'plugins/node_modules/x/index.js': 'throw 1' });
    symlinkSync(join('..', 'others', 'notes-repository'), join(folder, 'plugins', 'notes'));
    assert.deepEqual(await load(), [...included, 'notes']);
    rmSync(join(folder, 'others'), { recursive: true });
    await refused({}, /^Plugin folder .*plugins\/notes is a link to a folder that does not exist\./);
    rmSync(join(folder, 'plugins', 'notes'));
    symlinkSync('loop', join(folder, 'plugins', 'loop'));
    const loop =
      /plugins\/loop, among the plugins of PLUGINS_DIR or PLUGINS, is a link that leads back to itself\. Remove the link, or/;
    await refused({}, loop);
    await refused({ PLUGINS_DIR: 'plugins/loop' }, loop);
    mkdirSync(join(folder, 'others'));
    await refused({ PLUGINS_DIR: 'others', PLUGINS: './plugins/loop' }, loop);
  });

  test('migrations of plugins are in the working directory, and those of the included ones in the gateway', async () => {
    write({ 'plugins/notes/index.ts': plugin('notes') });
    const loaded = await installedPlugins({});
    const owners = ownersOf(loaded.map((entry) => entry.plugin));
    const directories = Object.fromEntries(owners.map(({ name, directory }) => [name, directory]));
    assert.equal(directories.notes, join(folder, 'migrations', 'notes'));
    assert.equal(directories.integration, join(root, 'migrations', 'integration'));
  });

  test('a folder without an index, a missing PLUGINS_DIR and a name that is taken stop the start', async () => {
    await refused({ PLUGINS_DIR: './none' }, /^PLUGINS_DIR is \.\/none, and there is no folder .*\/none\./);
    write({ 'plugins/notes/main.ts': plugin('notes') });
    await refused({ PLUGINS_DIR: './plugins/notes/main.ts' }, /^PLUGINS_DIR is .*, and there is no folder /);
    await refused({}, /^Plugin folder .*plugins\/notes has no index\.ts\. .* set PLUGINS_DIR to another folder\.$/);
    for (const name of ['integration', 'dispatcher']) {
      write({ 'others/mine/index.ts': plugin('notes'), [`others/${name}/index.ts`]: plugin(name) });
      const loaded = await installedPlugins({ PLUGINS_DIR: 'others' });
      const sources = new Map(loaded.map((entry) => [entry.plugin, entry.source]));
      const options = { env: { DATA_DIR: join(folder, 'data') }, plugins: [...sources.keys()], sources };
      assert.throws(() => createFoundation({ ...options, access: 'look' }), {
        message: new RegExp(`others/${name}/index\\.ts\\): the name is taken by .*\\. Rename the plugin\\.$`),
      });
      rmSync(join(folder, 'others', name), { recursive: true });
    }
  });

  test('PLUGINS names paths from the working directory, and packages, which are looked up from there first', async () => {
    const manifest = (fields: object) =>
      JSON.stringify({ name: 'greeter', version: '1.0.0', type: 'module', ...fields });
    write({
      'others/a/index.ts': plugin('from-folder'),
      'others/file.ts': plugin('from-file'),
      'others/b/package.json': manifest({ main: './lib/main.js' }),
      'others/b/lib/main.js': plugin('from-main'),
      'node_modules/greeter/package.json': manifest({ exports: { '.': { import: './greeter.js' } } }),
      'node_modules/greeter/greeter.js': plugin('greeter'),
      'node_modules/joi/package.json': manifest({ exports: './index.js' }),
      'node_modules/joi/index.js': plugin('not-the-joi-of-the-gateway'),
    });
    const PLUGINS = `./others/a, ./others/file.ts,${join(folder, 'others', 'b')},greeter,joi`;
    assert.deepEqual(await load({ PLUGINS }), [
      ...included,
      ...['from-folder', 'from-file', 'from-main', 'greeter', 'not-the-joi-of-the-gateway'],
    ]);
  });

  test('a wrong entry of PLUGINS stops the start with the reason', async () => {
    write({
      'others/empty/readme': '',
      'node_modules/closed/package.json': '{ "name": "closed", "exports": { "./other": "./other.js" } }',
    });
    await refused({ PLUGINS: './none' }, /^PLUGINS names \.\/none, and .*\/none does not exist\./);
    await refused(
      { PLUGINS: './others/empty' },
      /^PLUGINS names \.\/others\/empty, and the folder .* has no index\.ts\./,
    );
    await refused({ PLUGINS: 'closed' }, /^PLUGINS names "closed", which cannot be imported: .*exports/);
    await refused(
      { PLUGINS: 'others/empty' },
      /"others\/empty", which is not installed\. .* a path such as \.\/empty\.$/,
    );
  });

  test('TypeScript below node_modules, or in a CommonJS package, stops the start with the remedy', async () => {
    write({
      'node_modules/typed/package.json': '{ "exports": "./index.ts" }',
      'node_modules/typed/index.ts': plugin('a'),
    });
    await refused(
      { PLUGINS: 'typed' },
      /node_modules\/typed\/index\.ts.* a packaged plugin is published as JavaScript/,
    );
    write({ 'node_modules/site/plugins/a/index.ts': plugin('a') });
    process.chdir(join(folder, 'node_modules', 'site'));
    await refused({}, /TypeScript outside of node_modules only: .* PLUGINS_DIR of a working directory outside/).finally(
      () => process.chdir(folder),
    );
    write({
      'others/site/package.json': '{ "type": "commonjs" }',
      'others/site/plugins/late/index.ts': plugin('late'),
    });
    // Node.js prints a warning of its own beside the error.
    const printWarning = process.listeners('warning');
    process.removeAllListeners('warning');
    await refused(
      { PLUGINS_DIR: './others/site/plugins' },
      /It is an ES module: write "type": "module" into the nearest package\.json/,
    ).finally(() => {
      for (const listener of printWarning) process.on('warning', listener);
    });
  });
});
