import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import express from 'express';
import { integration } from '../plugins/integration/index.ts';
import { settingsOf } from '../src/database/migrations.ts';
import { StartError } from '../src/errors.ts';
import { createFoundation } from '../src/foundation.ts';
import { checkPlugin, loadSources } from '../src/plugin-loader.ts';
import { inspectPlugins } from '../src/plugin-setup.ts';
import { sourceOf, sourcesIn } from '../src/plugin-sources.ts';
import { createTestDatabase, createTestGateway } from '../src/testing/index.ts';
import { createPluginFolder, type PluginFolder } from './support/plugin-folder.ts';

const root = join(import.meta.dirname, '..');
const joi = pathToFileURL(join(root, 'node_modules/joi/lib/index.js')).href;
const contract = pathToFileURL(join(root, 'src/plugin.ts')).href;

/** Source of a plugin: additional `members`, code for `setup`, and the `surface` that it returns. */
const source = (name: string, { members = '', surface = '{ routes: [] }', setup = '' } = {}): string => `
import Joi from '${joi}';
import { readSettings } from '${contract}';
const route = { method: 'GET', path: '/api/v1/things/:id', summary: 'A thing', answers: { 200: { description: 'It.' } }, handler: (_req, res) => { res.json({}); } };
export const plugin = {
  name: '${name}', apiVersion: 1, ${members}
  setup(context) { ${setup} return ${surface}; },
};
export { Joi, readSettings, route };
`;

const one = '{ routes: [route] }';
const nameSetting = 'configure: (env) => readSettings(env, Joi.object({ NOTES_NAME: Joi.string().required() })),';

describe('a plugin folder', () => {
  let folder: PluginFolder;

  beforeEach(() => {
    folder = createPluginFolder();
  });
  afterEach(() => folder.remove());

  test('a new plugin folder becomes a documented, authenticated and validated target', async () => {
    const route = `{ ...route, method: 'POST', path: '/api/v1/notes', scopes: ['notes:write'],
      body: Joi.object({ text: Joi.string().max(5).required() }), example: { body: { text: 'Hello' } },
      handler: (req, res) => { res.status(201).json({ text: req.body.text, by: req.principal.subject }); } }`;
    folder.add('notes', { 'index.ts': source('notes', { surface: `{ routes: [${route}] }` }) });
    const gateway = await folder.start();
    try {
      const post = (body: unknown, token?: string) =>
        gateway.request('/api/v1/notes', { target: 'notes', body, ...(token === undefined ? {} : { token }) });
      const token = await gateway.token({ scope: 'notes:write', sub: 'ann' });
      const created = await post({ text: 'Hello' }, token);
      assert.deepEqual([created.status, created.body], [201, { text: 'Hello', by: 'ann' }]);
      assert.equal((await post({ text: 'Hello' })).status, 401);
      assert.equal((await post({ text: 'Hello' }, await gateway.token({ scope: 'notes:read' }))).status, 403);
      const invalid = await post({ text: 'Too long', more: 1 }, token);
      assert.equal(invalid.status, 400);
      assert.deepEqual(
        invalid.body.error.details.fields.map(({ path }: { path: string }) => path),
        ['text', 'more'],
      );
      const { body: document } = await gateway.request('/openapi/notes.json');
      assert.deepEqual(document.paths['/api/v1/notes'].post.requestBody.content['application/json'].example, {
        text: 'Hello',
      });
    } finally {
      await gateway.close();
    }
  });

  test('plugins may be JavaScript, and files and hidden folders beside them are ignored', async () => {
    folder.add('.', { 'README.md': 'Plugins live here.' });
    folder.add('.git', { config: '' });
    folder.add('b', { 'index.js': source('b') });
    folder.add('a', { 'index.mjs': source('a') });
    const loaded = await loadSources(sourcesIn(folder.path));
    assert.deepEqual(
      loaded.map(({ plugin }) => plugin.name),
      ['a', 'b'],
    );
  });

  const broken: Record<string, [text: string, expected: RegExp]> = {
    'with a syntax error': ['\nexport const = 1;', /cannot be imported: .* \(\/.*\/index\.ts:2\)$/],
    'that throws when it is imported': [
      '\nthrow new Error("no disk");',
      /cannot be imported: no disk \(\/.*\/index\.ts:2\)$/,
    ],
    'that throws null when it is imported': ['\nthrow null;', /cannot be imported: it threw null$/],
    'that exports nothing': ['const plugin = 1;', /must export one plugin .* exports 0/],
    'that exports two': [
      `${source('notes')} export const other = { ...plugin };`,
      /must export one plugin .* exports 2/,
    ],
    'for another version': [source('notes', { members: 'apiVersion: 2,' }), /version 1.*apiVersion must be \[1\]/],
    'with a bad name': [source('My Notes'), /name .*lower-case letters, digits and dashes/],
    'with a name that is too long for its tables': [source('a'.repeat(49)), /: name must have 48 characters at most: /],
    'with a bad prefix': [source('notes', { members: "prefixes: ['notes/']," }), /prefixes\[0\]/],
    'with an encrypted table without its key': [
      source('notes', { members: "encrypted: [{ table: 'notes_notes', columns: ['text'] }]," }),
      /encrypted\[0\]\.key is required/,
    ],
    'without setup': [
      "export const plugin = { name: 'notes', apiVersion: 1, setup: 1 };",
      /setup must be of type function/,
    ],
    'with a name that is taken': [source('test-identity'), /the name is taken by plugin "test-identity"/],
    "with the gateway's name": [source('gateway'), /the name is taken by the gateway itself/],
    'with a reserved prefix': [
      source('notes', { members: "prefixes: ['/docs/notes'],", surface: one }),
      /\/docs\/notes, which is the gateway's own/,
    ],
    'with pages at a reserved prefix': [
      source('notes', { surface: "{ pages: { prefix: '/docs', folder: 'dist' } }" }),
      /\/docs, which is the gateway's own/,
    ],
    'with pages at a bad prefix': [
      source('notes', { surface: "{ pages: { prefix: '/notes/', folder: 'dist' } }" }),
      /an invalid surface: pages\.prefix .* a path such as/,
    ],
    'with pages without a folder': [
      source('notes', { surface: "{ pages: { prefix: '/notes' } }" }),
      /an invalid surface: pages\.folder is required/,
    ],
    'with a Trusted Types policy that ends its directive': [
      source('notes', {
        surface: "{ pages: { prefix: '/notes', folder: 'dist', trustedTypes: ['a; script-src *'] } }",
      }),
      /pages\.trustedTypes\[0\] .* a name of a Trusted Types policy/,
    ],
    'with pages and a remote backend': [
      source('notes', { surface: "{ pages: { prefix: '/notes', folder: 'dist' }, remote: { upstreams: [] } }" }),
      /an invalid surface/,
    ],
    'with a prefix below /api/v1': [
      source('notes', { members: "prefixes: ['/api/v1/notes'],", surface: one }),
      /\/api\/v1\/notes, which is the gateway's own/,
    ],
    'that returns nothing': [source('notes', { surface: 'undefined' }), /an invalid surface/],
    'that returns neither routes nor a router': [source('notes', { surface: '{}' }), /an invalid surface/],
    'with a route of an unknown method': [
      source('notes', { surface: "{ routes: [{ ...route, method: 'FETCH' }] }" }),
      /routes\[0\]\.method/,
    ],
    'with a route of a bad path': [
      source('notes', { surface: "{ routes: [{ ...route, path: 'things' }] }" }),
      /routes\[0\]\.path/,
    ],
    'with a route without a handler': [
      source('notes', { surface: '{ routes: [{ ...route, handler: undefined }] }' }),
      /routes\[0\].*handler/,
    ],
    'with a misspelt member of a route': [
      source('notes', { surface: "{ routes: [{ ...route, scope: ['a'] }] }" }),
      /routes\[0\]\.scope is not allowed/,
    ],
    'with a route declared twice': [
      source('notes', { surface: "{ routes: [route, { ...route, path: '/api/v1/things/:name' }] }" }),
      /GET \/api\/v1\/things\/:name: .*twice/,
    ],
    'with an object in place of a schema': [
      source('notes', { surface: "{ routes: [{ ...route, query: { page: 'number' } }] }" }),
      /routes\[0\]\.query must be a Joi schema/,
    ],
    'with a setting missing': [source('notes', { members: nameSetting }), /NOTES_NAME=: .*required/],
    'whose configure throws': [
      source('notes', { members: 'configure() { throw new TypeError("oops"); },' }),
      /failed in configure: TypeError: oops/,
    ],
    'whose setup throws': [
      source('notes', { setup: 'throw new TypeError("oops");' }),
      /failed in setup: TypeError: oops/,
    ],
    'whose setup rejects': [
      source('notes', { surface: 'Promise.reject(new Error("no luck"))' }),
      /failed in setup: Error: no luck/,
    ],
    'whose setup throws an object': [
      source('notes', { setup: "throw { status: 7, password: 'secret' };" }),
      /failed in setup: it threw an object with the members status, password$/,
    ],
    'whose setup throws undefined': [
      source('notes', { setup: 'throw undefined;' }),
      /failed in setup: it threw undefined$/,
    ],
    'whose configureApp throws': [
      source('notes', { surface: '{ routes: [route], configureApp() { throw new Error("no luck"); } }' }),
      /failed in configureApp: Error: no luck/,
    ],
    'with a parameter that is no name': [
      source('notes', { surface: "{ routes: [{ ...route, path: '/things/:1' }] }" }),
      /routes\[0\]\.path/,
    ],
  };

  for (const [what, [text, expected]] of Object.entries(broken)) {
    test(`a plugin ${what} stops the start, and the message names the plugin and its file`, async () => {
      const path = folder.add('notes', { 'index.ts': text });
      const error = await startError(folder);
      assert.match(error.message, expected);
      assert.ok(error.message.includes(join(path, 'index.ts')), error.message);
    });
  }

  test('a plugin folder without an index file stops the start', async () => {
    const path = folder.add('notes', { 'notes.ts': source('notes') });
    const { message } = await startError(folder);
    assert.match(message, /has no index\.ts/);
    assert.ok(message.includes(path), message);
  });

  test('two plugins that claim one prefix stop the start, and the message names both', async () => {
    const members = "prefixes: ['/v1/things'],";
    const paths = ['one', 'two'].map((name) =>
      folder.add(name, { 'index.ts': source(name, { members, surface: one }) }),
    );
    const { message } = await startError(folder);
    assert.match(message, /both claim the prefix \/v1\/things/);
    for (const path of paths) assert.ok(message.includes(join(path, 'index.ts')), message);
  });

  test('a failed plugin migration stops the start, and the message names plugin and folder', async () => {
    const path = folder.add('notes', {
      'index.ts': source('notes', { members: "migrations: import.meta.dirname + '/migrations'," }),
      'migrations/001_create_notes.ts':
        'export const up = async () => { throw new Error("no room"); }; export const down = async () => {};',
    });
    const { message } = await startError(folder);
    assert.match(message, /Migration of "notes" .* failed.*no room/);
    assert.ok(message.includes(join(path, 'migrations')), message);
  });

  test('a folder of migrations that is named and missing stops the start', async () => {
    const path = folder.add('notes', { 'index.ts': source('notes', { members: "migrations: 'migration'," }) });
    const { message } = await startError(folder);
    assert.ok(message.startsWith(`Plugin "notes" names the folder ${join(path, 'migration')} for`), message);
  });

  test('migrations of a plugin run at the start, from a path that starts in its folder', async () => {
    folder.add('notes', {
      'index.ts': source('notes', {
        members: "migrations: 'migrations',",
        surface: `{ routes: [{ ...route, path: '/api/v1/notes', handler: async (_req, res) => {
          res.json(await context.database.read((db) => db('notes_notes').select())); } }] }`,
      }),
      'migrations/001_create_notes.ts': `export const up = (knex) => knex.schema.createTable('notes_notes', (table) => table.string('id').primary());
        export const down = (knex) => knex.schema.dropTable('notes_notes');`,
    });
    const gateway = await folder.start();
    try {
      const answer = await gateway.request('/api/v1/notes', { target: 'notes', token: await gateway.token() });
      assert.deepEqual([answer.status, answer.body], [200, []]);
    } finally {
      await gateway.close();
    }
  });

  test("missing settings of a plugin are reported together with the gateway's", async () => {
    folder.add('notes', { 'index.ts': source('notes', { members: nameSetting }) });
    await assert.rejects(folder.start({ env: { TIME_ZONE: 'Mars/Olympus' } }), (error: Error) => {
      assert.match(error.message, /TIME_ZONE=Mars\/Olympus/);
      assert.match(error.message, /NOTES_NAME/);
      return true;
    });
  });
});

test('a package that is not installed stops the start', () => {
  assert.throws(
    () => sourceOf('hookgate-plugin-of-nobody'),
    (error: Error) => {
      assert.ok(error instanceof StartError);
      assert.match(error.message, /PLUGINS names the package "hookgate-plugin-of-nobody", which is not installed/);
      return true;
    },
  );
});

test('the command check detects a prefix that two plugins claim, as the start does', async () => {
  const database = await createTestDatabase();
  const twin = { ...integration, prefixes: ['/v1/things'], setup: () => ({ router: express.Router() }) };
  const foundation = createFoundation({ env: database.env, plugins: [twin, { ...twin, name: 'twin' }] });
  try {
    await assert.rejects(inspectPlugins(foundation), /both claim the prefix \/v1\/things/);
  } finally {
    await foundation.database.close();
    await database.drop();
  }
});

test('the longest name of a plugin leaves room for the longest name of a table on MySQL', () => {
  const { name } = checkPlugin({ ...integration, name: 'a'.repeat(48) }, 'here');
  assert.equal(`${settingsOf({ name, directory: '' }).tableName}_lock`.length, 64);
});

test('a plugin passed in by code is validated like one from a folder', async () => {
  await assert.rejects(createTestGateway({ plugins: [{ ...integration, name: 'My Plugin' }] }), /"My Plugin" violates/);
});

test('the same plugin twice stops the start', async () => {
  await assert.rejects(
    createTestGateway({ plugins: [integration, { ...integration }] }),
    /"integration": the name is taken/,
  );
});

async function startError(folder: PluginFolder): Promise<Error> {
  try {
    const gateway = await folder.start();
    await gateway.close();
  } catch (error) {
    assert.ok(error instanceof Error && ['StartError', 'SettingsError'].includes(error.name), String(error));
    return error;
  }
  return assert.fail('the gateway started');
}
