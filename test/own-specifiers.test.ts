import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ownModules } from '../src/own-specifiers.ts';
import { loadSources } from '../src/plugin-loader.ts';
import { sourcesIn } from '../src/plugin-sources.ts';
import { createPluginFolder, type PluginFolder } from './support/plugin-folder.ts';

const root = join(import.meta.dirname, '..');
let folder: PluginFolder;

before(() => {
  folder = createPluginFolder();
});
after(() => folder.remove());

const surface = 'apiVersion: 1, setup: () => ({ routes: [] })';

test('plugins outside of any package import the modules of the running gateway', async () => {
  const typed = `import { definePlugin, type Plugin } from 'hookgate/plugin';
    import { ApiError } from 'hookgate/errors';
    import { createTestGateway } from 'hookgate/testing';
    export const plugin: Plugin = definePlugin({ name: 'typed', summary: [ApiError.name, createTestGateway.name].join(), ${surface} });`;
  const required = `const { definePlugin } = require('hookgate/plugin');
    exports.plugin = definePlugin({ name: 'required', summary: require('hookgate/errors').ApiError.name, ${surface} });`;
  folder.add('required', { 'index.js': required, 'package.json': '{ "type": "commonjs" }' });
  folder.add('typed', { 'index.ts': typed });
  const loaded = await loadSources(sourcesIn(folder.path));
  assert.deepEqual(
    loaded.map(({ plugin: { name, summary } }) => [name, summary]),
    [
      ['required', 'ApiError'],
      ['typed', 'ApiError,createTestGateway'],
    ],
  );
});

test('an own specifier leads to one module, from everywhere', async () => {
  folder.add('.other', { 'errors.ts': "export { ApiError } from 'hookgate/errors';" });
  const { ApiError } = await import(pathToFileURL(join(folder.path, '.other', 'errors.ts')).href);
  assert.equal(ApiError, (await import('../src/errors.ts')).ApiError);
});

test('types, package and running code have the same own modules', () => {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const { exports, typesVersions } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const modules = Object.entries(ownModules);
  assert.deepEqual(
    compilerOptions.paths,
    Object.fromEntries(modules.map(([specifier, module]) => [specifier, [`./src/${module}.ts`]])),
  );
  const published = modules.map(([specifier, module]) => [
    specifier.replace('hookgate', '.'),
    { types: `./dist/src/${module}.d.ts`, default: `./dist/src/${module}.js` },
  ]);
  assert.deepEqual(exports, { ...Object.fromEntries(published), './package.json': './package.json' });
  // For resolvers without `exports`.
  const older = modules.flatMap(([specifier, module]) =>
    specifier === 'hookgate' ? [] : [[specifier.replace('hookgate/', ''), [`./dist/src/${module}.d.ts`]]],
  );
  assert.deepEqual(typesVersions, { '*': Object.fromEntries(older) });
  for (const [, module] of modules) assert.ok(existsSync(join(root, 'src', `${module}.ts`)), module);
});
