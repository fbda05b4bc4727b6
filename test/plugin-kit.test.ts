import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { conflict, notFound } from '../src/errors.ts';
import {
  definePlugin,
  defineRoute,
  ensureIndex,
  ensureTable,
  entityTag,
  findOne,
  found,
  Joi,
  type PageQuery,
  pageFields,
  pageSchema,
  readPage,
  requireMatch,
  toPage,
  unlessTaken,
  uuid,
} from '../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { onEveryEngine } from './support/engines.ts';

interface Row {
  id: string;
  organization: string;
  name: string;
  removed_at: number | null;
}

const id = uuid.required();
const answer = Joi.object({
  id,
  name: Joi.string().required(),
  removed_at: Joi.string().isoDate().allow(null).required(),
});
const page = pageSchema('parts', answer);

const parts = definePlugin({
  name: 'parts',
  apiVersion: 1,

  setup({ database, formatTime }) {
    const toAnswer = ({ id, name, removed_at }: Row) => ({ id, name, removed_at: formatTime(removed_at) });
    const routes = [
      defineRoute({
        method: 'POST',
        path: '/api/v1/parts',
        summary: 'Add a part',
        body: Joi.object<{ name: string }>({ name: Joi.string().max(100).required() }),
        answers: { 201: { description: 'The part.', schema: answer }, 409: { description: 'The name is taken.' } },
        transact: async ({ organization, body: { name } }, trx) => {
          const row: Row = { id: randomUUIDv7(), organization, name, removed_at: null };
          await unlessTaken(trx<Row>('parts_parts').insert(row), () => conflict('NAME_TAKEN', 'A part has this name.'));
          return { status: 201, body: toAnswer(row) };
        },
      }),
      defineRoute({
        method: 'GET',
        path: '/api/v1/parts',
        summary: 'List the parts, newest first',
        query: Joi.object<PageQuery>(pageFields),
        answers: { 200: { description: 'One page of parts.', schema: page } },
        handler: async ({ organization, query }, res) => {
          const rows = await database.read((db) => readPage<Row>(db('parts_parts').where({ organization }), query));
          res.json(toPage('parts', rows, toAnswer));
        },
      }),
      defineRoute({
        method: 'GET',
        path: '/api/v1/parts/by-name/:name',
        summary: 'Read a part',
        params: Joi.object<{ name: string }>({ name: Joi.string().max(100) }),
        answers: { 200: { description: 'The part.', schema: answer }, 404: { description: 'There is no such part.' } },
        handler: async ({ organization, params: { name } }, res) => {
          const part = await database.read((db) => findOne(db('parts_parts'), { organization, name }, toAnswer));
          res.json(found(part, 'There is no such part.'));
        },
      }),
    ];
    return { routes };
  },
});

onEveryEngine('helpers of the contract', ({ serverUrl }) => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await createTestGateway({ plugins: [parts], serverUrl });
    token = await gateway.token({ org: 'myorg' });
    await gateway.app.foundation.database.read(async (db) => {
      await ensureTable(db, 'parts_parts', (columns) => {
        columns.string('id', 36).notNullable().primary();
        columns.string('organization', 100).notNullable();
        columns.string('name', 100).notNullable();
        columns.bigInteger('removed_at');
      });
      await ensureIndex(db, 'parts_parts', ['organization', 'name'], { unique: true });
    });
  });
  after(() => gateway.close());

  const add = (name: string) => gateway.request('/api/v1/parts', { target: 'parts', token, body: { name } });
  const list = (query = '', by = token) => gateway.request(`/api/v1/parts${query}`, { target: 'parts', token: by });
  const read = (name: string) =>
    gateway.request(`/api/v1/parts/by-name/${encodeURIComponent(name)}`, { target: 'parts', token });

  test('a list has pages with a cursor, newest first, of one organization', async () => {
    const empty = await list();
    assert.deepEqual([empty.status, empty.body], [200, { parts: [], next_cursor: null }]);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.unshift((await add(name)).body.id);

    const pages: unknown[][] = [];
    let query = '?limit=2';
    for (let cursor: string | null = ''; cursor !== null; query = `?limit=2&cursor=${cursor}`) {
      const { body } = await list(query);
      pages.push(body.parts.map((part: { id: string }) => part.id));
      cursor = body.next_cursor;
    }
    assert.deepEqual(pages, [ids.slice(0, 2), ids.slice(2)]);
    assert.equal((await list('?limit=3')).body.next_cursor, ids[2]);
    assert.deepEqual((await list(`?cursor=${ids[2]?.toUpperCase()}`)).body.parts.length, 1);
    assert.deepEqual((await list()).body.parts[0], { id: ids[0], name: 'd', removed_at: null });
    assert.deepEqual((await list('', await gateway.token({ org: 'another' }))).body.parts, []);
    for (const bad of ['?limit=0', '?limit=101', '?limit=x', '?cursor=x', '?cursor=', '?page=1', '?cursor=a&cursor=b'])
      assert.equal((await list(bad)).status, 400, bad);
  });

  test('pages may begin with the oldest row', async () => {
    const { read } = gateway.app.foundation.database;
    const rows = () => read((db) => db<Row>('parts_parts').orderBy('id'));
    const first = await read((db) => readPage<Row>(db('parts_parts'), { limit: 3 }, 'asc'));
    assert.deepEqual(first.items, (await rows()).slice(0, 3));
    const cursor = first.next ?? assert.fail('a page follows');
    const last = await read((db) => readPage<Row>(db('parts_parts'), { limit: 3, cursor }, 'asc'));
    assert.deepEqual(last, { items: (await rows()).slice(3), next: undefined });
  });

  test('a taken name is a 409 that changes nothing', async () => {
    const answer = await add('a');
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'NAME_TAKEN']);
    assert.equal((await list()).body.parts.length, 4);
    const failing = Promise.reject(new TypeError('no row'));
    await assert.rejects(
      unlessTaken(failing, () => conflict('NAME_TAKEN', 'Taken.')),
      new TypeError('no row'),
    );
  });

  test('a row is found by its exact key, also where the database ignores spaces at its end', async () => {
    assert.equal((await read('a')).body.name, 'a');
    for (const other of ['a ', 'A', 'á', ' a', 'e']) {
      const answer = await read(other);
      assert.deepEqual([answer.status, answer.body.error?.message], [404, 'There is no such part.'], `"${other}"`);
    }
  });
});

test('found returns every value but undefined and null', () => {
  for (const value of [0, '', false, [], Number.NaN]) assert.equal(found(value, 'It is missing.'), value);
  for (const value of [undefined, null]) {
    assert.throws(() => found(value, 'It is missing.'), notFound('It is missing.'));
    assert.throws(() => found(value, () => new TypeError('mine')), new TypeError('mine'));
  }
});

describe('entity tags', () => {
  const tag = entityTag({ name: 'a' });
  const outcome = (wanted: string | undefined): string => {
    try {
      requireMatch({ headers: wanted === undefined ? {} : { 'if-match': wanted } }, () => tag);
      return 'matches';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('a tag follows from the representation and from the part of the state that it does not show', () => {
    assert.equal(entityTag({ name: 'a' }), tag);
    assert.equal(
      new Set([tag, entityTag({ name: 'b' }), entityTag({ name: 'a' }, 1), entityTag({ name: 'a' }, 2)]).size,
      4,
    );
    assert.match(tag, /^"[\w-]{27}"$/);
  });

  test('If-Match is a list of strong tags, or a star', () => {
    for (const wanted of [undefined, '*', ' * ', tag, `"x,y" ,${tag}`, `W/"a",\t${tag},`])
      assert.equal(outcome(wanted), 'matches', String(wanted));
    for (const wanted of [`W/${tag}`, '""', '"*"', `"${tag.slice(1, -1)}x"`])
      assert.equal(outcome(wanted), 'PRECONDITION_FAILED', wanted);
    for (const wanted of [
      '',
      'a',
      tag.slice(1),
      `${tag}${tag}`,
      `${tag}, *`,
      `w/${tag}`,
      '"a b"',
      ',',
      `${'"a",'.repeat(3000)}b`,
    ])
      assert.equal(outcome(wanted), 'VALIDATION_ERROR', wanted.slice(0, 40));
  });
});
