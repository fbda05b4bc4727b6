import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import Joi17 from 'joi-17';
import { definePlugin, defineRoute, Joi, type Plugin, readSettings } from '../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { createNotes } from './support/notes-package/index.js';

const require = createRequire(import.meta.url);

/** A second copy of a package, as a plugin's own `node_modules` holds it. */
function anotherCopy<T>(name: string): T {
  const loaded = { ...require.cache };
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  const copy = require(name) as T;
  Object.assign(require.cache, loaded);
  return copy;
}

const { Router } = anotherCopy<{ Router: unknown }>('express');
const plugins = {
  notes: createNotes({ Joi: Joi17, Router }),
  'notes-copy': createNotes({ Joi: anotherCopy('joi'), Router, name: 'notes-copy' }),
  'notes-own': createNotes({ Joi, Router, name: 'notes-own' }),
};
const targets = Object.keys(plugins);

/** Bodies that a schema refuses, and one whose value must not be repeated. */
const badBodies: unknown[] = [
  {},
  { title: 7 },
  { title: 'x'.repeat(101) },
  { title: '😀'.repeat(101) },
  { title: '😀'.repeat(100), after: 'x' },
  { title: '<secret>' },
  { title: 'Milk', color: 'blue', tags: [{ name: '' }, {}, { name: 'a', other: 1 }] },
  { title: 'Milk', after: 'x', more: true },
  [],
];

describe('a plugin in JavaScript with errors, Joi and Express of its own', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await createTestGateway({ plugins: Object.values(plugins), env: { NOTES_MAX: '3' } });
    token = await gateway.token({ org: 'myorg', scope: 'notes:read notes:write' });
  });
  after(() => gateway.close());

  const post = (body: unknown, target = 'notes') => gateway.request('/api/v1/notes', { target, token, body });
  const get = (path: string, target = 'notes') => gateway.request(path, { target, token });
  const titles = () => gateway.app.foundation.database.read((db) => db('notes_notes').orderBy('id').pluck('title'));

  test('answers, errors with roll-back, and headers of errors', async () => {
    const created = await post({ title: 'Milk' });
    assert.equal(created.status, 201, created.text);
    assert.deepEqual([created.body.title, created.body.color], ['Milk', 'red']);
    const read = await get(`/api/v1/notes/${created.body.id}?times=2`);
    assert.deepEqual([read.status, read.body.id, read.body.times], [200, created.body.id, 2]);

    const taken = await post({ title: 'Milk' });
    assert.deepEqual([taken.status, taken.body.error.code], [409, 'TITLE_TAKEN']);
    assert.deepEqual(taken.body.error.details, { title: 'Milk' });
    const unknown = '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11';
    const missing = await post({ title: 'Bread', after: unknown });
    assert.deepEqual([missing.status, missing.body.error.message], [404, 'There is no such note.']);
    assert.equal((await get(`/api/v1/notes/${unknown}`)).status, 404);
    assert.deepEqual(await titles(), ['Milk']);

    for (const title of ['Bread', 'Jam']) assert.equal((await post({ title }, 'notes-copy')).status, 201);
    const full = await post({ title: 'Tea' });
    assert.deepEqual([full.status, full.headers.get('retry-after')], [429, '60']);
    assert.deepEqual((await titles()).toSorted(), ['Bread', 'Jam', 'Milk']);
  });

  test('validation answers are the same for every Joi, and repeat no value', async () => {
    for (const body of badBodies) {
      const answers = await Promise.all(targets.map((target) => post(body, target)));
      const [first, ...others] = answers.map(({ status, body: { error } }) => ({ status, ...error, request_id: '' }));
      assert.deepEqual([first?.status, first?.code], [400, 'VALIDATION_ERROR'], JSON.stringify(body));
      for (const other of others) assert.deepEqual(other, first);
      assert.ok(!JSON.stringify(first).includes('secret'));
    }
    for (const query of ['times=0', 'times=x', 'times=1&times=2', 'other=1'])
      for (const target of targets) {
        const answer = await get(`/api/v1/notes/0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11?${query}`, target);
        assert.equal(answer.body.error.code, 'VALIDATION_ERROR', query);
      }
    assert.equal((await get('/api/v1/notes/x')).body.error.details.fields[0].path, 'id');
  });

  test('its router and its error shapes', async () => {
    assert.deepEqual((await get('/notes-of-others/plain')).body, { plain: true });
    assert.deepEqual((await get('/notes-of-others/missing')).body, { problem: 'NOT_FOUND' });
    const answer = await get('/notes-of-others/by/1');
    assert.deepEqual([answer.status, answer.body], [403, { problem: 'NOT_YOURS' }]);
  });

  test('its identity provider refuses with an error of its own', async () => {
    const headers = { Authorization: `Basic ${btoa('stolen:password')}` };
    const answer = await gateway.request('/api/v1/notes/1', { target: 'notes', headers });
    assert.deepEqual([answer.status, answer.body.error.message], [401, 'This key was stolen.']);
  });

  test('its documentation is the same as with the Joi of the gateway', async () => {
    const documentOf = async (target: string) => {
      const { paths, components } = (await gateway.request(`/openapi/${target}.json`)).body;
      const names = JSON.stringify({ paths, schemas: components.schemas }).replaceAll(target, 'notes');
      return JSON.parse(names);
    };
    const own = await documentOf('notes-own');
    const { schemas } = own;
    assert.ok(schemas.NoteInput?.properties.title && schemas.PackagedNote && schemas.NotesProblem, JSON.stringify(own));
    assert.deepEqual(await documentOf('notes'), own);
    assert.deepEqual(await documentOf('notes-copy'), own);
  });
});

describe('the start with a plugin of another author', () => {
  const start = async (plugin: Plugin, env: Record<string, string> = {}): Promise<string> => {
    try {
      await (await createTestGateway({ plugins: [plugin], env })).close();
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('fails with its settings errors', async () => {
    const { notes } = plugins;
    assert.equal(
      await start(notes, { NOTES_MAX: 'x' }),
      'Settings:\n  NOTES_MAX=x: must be a whole number (plugin "notes")',
    );
    assert.equal(await start(notes, { NOTES_MAX: '0' }), 'Plugin "notes": NOTES_MAX leaves no room for a note.');
  });

  test('fails with both versions for a Joi that was not tried, wherever its schema is', async () => {
    /** Joi 17, under another version. */
    const asVersion = <T extends object>(schema: T, version: unknown): T =>
      Object.defineProperty(Object.create(schema), Symbol.for('@hapi/joi/schema'), { value: { version } });
    const other = asVersion(Joi17.object({}), '16.1.8');
    const answers = { 200: { description: 'Done.' } };
    const route = { method: 'POST', path: '/things', summary: 'Do', handler: () => undefined };
    const base = { name: 'things', apiVersion: 1 };
    const surface = (own: object) => ({ ...base, setup: () => ({ routes: [{ ...route, answers, ...own }] }) });
    const bad: object[] = [
      surface({ body: other }),
      surface({ query: other }),
      surface({ params: other }),
      surface({ answers: { 200: { description: 'Done.', schema: other } } }),
      { ...base, errorShapes: [{ prefix: '/x', schema: other, toBody: () => ({}) }], setup: () => ({ routes: [] }) },
      {
        ...base,
        configure: (env: object) => readSettings(env as never, other as never),
        setup: () => ({ routes: [] }),
      },
    ];
    for (const plugin of bad) {
      const message = await start(plugin as Plugin);
      assert.match(message, /things/);
      assert.match(
        message,
        new RegExp(`schema of Joi 16\\.1\\.8, .* 17 and 18 .* is ${Joi.version.replaceAll('.', '\\.')}`),
        message,
      );
    }
    for (const version of ['19.0.0', 17, undefined, '{{evil}}'])
      assert.match(
        await start(surface({ body: asVersion(Joi17.object({}), version) }) as Plugin),
        /schema of Joi (19|of an unknown)/,
      );
    for (const none of [{}, [], 'x', { validate: () => ({}), describe: () => ({}) }])
      assert.match(await start(surface({ body: none }) as Plugin), /must be a Joi schema/);
  });
});

test('settings of Joi 17 are read like the ones of the gateway, and secrets stay hidden', () => {
  const schemaOf = (kit: typeof Joi) =>
    kit.object({
      NOTES_MAX: kit.number().integer().default(5),
      NOTES_KEY: kit.string().min(32).required().meta({ secret: true }),
    });
  const read = (kit: typeof Joi, env: Record<string, string>): unknown => {
    try {
      return readSettings(env, schemaOf(kit));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const joi17 = Joi17 as unknown as typeof Joi;
  for (const env of [{ NOTES_KEY: 'k'.repeat(32) }, { NOTES_MAX: 'x', NOTES_KEY: 'short secret' }, {}])
    assert.deepEqual(read(joi17, env), read(Joi, env));
  assert.match(String(read(joi17, { NOTES_KEY: 'short secret' })), /NOTES_KEY=\(hidden\)/);
});

test('schemas of Joi 17 have their types in a plugin in TypeScript', async () => {
  interface Settings {
    TYPED_MAX: number;
  }
  const typed = definePlugin<Settings>({
    name: 'typed',
    apiVersion: 1,
    configure: (env) => readSettings(env, Joi17.object<Settings>({ TYPED_MAX: Joi17.number().default(5) })),
    setup: ({ settings }) => ({
      routes: [
        defineRoute({
          method: 'POST',
          path: '/typed/:word',
          summary: 'Repeat a word',
          params: Joi17.object<{ word: string }>({ word: Joi17.string() }),
          body: Joi17.object<{ times: number }>({ times: Joi17.number().integer().max(9).required() }),
          answers: { 200: { description: 'The words.', schema: Joi17.object({ words: Joi17.string() }) } },
          transact: async ({ params: { word }, body: { times } }) => ({
            status: 200,
            body: { words: word.repeat(Math.min(times, settings.TYPED_MAX)) },
          }),
        }),
      ],
    }),
  });
  const gateway = await createTestGateway({ plugins: [typed] });
  try {
    const token = await gateway.token();
    const answer = await gateway.request('/typed/ab', { target: 'typed', token, body: { times: 7 } });
    assert.deepEqual(answer.body, { words: 'ababababab' });
  } finally {
    await gateway.close();
  }
});

test('types and rules of an extended Joi 17 are described as any value, and the rest as it is', async () => {
  const extended = Joi17.extend({
    type: 'slug',
    base: Joi17.string(),
    rules: { short: { validate: (value) => value } },
  });
  const body = extended.object({ slug: extended.slug().short().required(), count: extended.number().integer() });
  const plugin = {
    name: 'things',
    apiVersion: 1,
    setup: () => ({
      routes: [
        {
          method: 'POST',
          path: '/things',
          summary: 'Do',
          body,
          answers: { 200: { description: 'Done.' } },
          transact: async ({ body: { slug } }: { body: { slug: string } }) => ({ status: 200, body: { slug } }),
        },
      ],
    }),
  } as unknown as Plugin;
  const gateway = await createTestGateway({ plugins: [plugin] });
  try {
    const token = await gateway.token();
    const ask = (sent: unknown) => gateway.request('/things', { target: 'things', token, body: sent });
    assert.deepEqual((await ask({ slug: 'a' })).body, { slug: 'a' });
    assert.equal((await ask({ slug: 1 })).status, 400);
    const { paths } = (await gateway.request('/openapi/things.json')).body;
    const { schema } = paths['/things'].post.requestBody.content['application/json'];
    assert.deepEqual(schema.required, ['slug']);
    assert.deepEqual(schema.properties, { slug: {}, count: { type: 'integer' } });
  } finally {
    await gateway.close();
  }
});
