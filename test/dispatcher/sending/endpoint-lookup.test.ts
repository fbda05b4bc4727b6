import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EndpointKind } from '../../../src/dispatcher/model/endpoint.ts';
import { createEndpointLookup } from '../../../src/dispatcher/sending/endpoint-lookup.ts';
import { ApiError, databaseUnavailable, notFound, queryTimeout } from '../../../src/errors.ts';
import type { Logger } from '../../../src/logger.ts';
import { active } from '../../support/probe-plugin.ts';

const url = 'https://example.com/hook';
const silent: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
const never = new Promise<never>(() => undefined);

function createLookup(stuck: EndpointKind['resolve']) {
  const kinds: EndpointKind[] = [
    { name: 'stuck', resolve: stuck },
    { name: 'fine', resolve: async (ids) => new Map(ids.map((id) => [id, active(url)])) },
  ];
  const lookup = createEndpointLookup({ kinds: new Map(kinds.map((kind) => [kind.name, kind])), logger: silent });
  const refs = ['stuck', 'fine'].flatMap((kind) => ['a', 'b'].map((id) => ({ kind, id })));
  return async () => (await lookup.find(refs)).map(({ endpoint }) => endpoint.state);
}

/** The value of a promise that needs no timer any more. Awaiting a pending one would stop the whole file. */
const soon = <T>(answer: Promise<T>): Promise<T | 'not yet'> => Promise.race([answer, nextTurn('not yet' as const)]);

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

test('a plugin that never answers times out, and is then not asked for a while', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  let answers: ReturnType<EndpointKind['resolve']> = never;
  const find = createLookup(() => {
    asked += 1;
    return answers;
  });
  const first = find();
  await nextTurn();
  mock.timers.tick(11_000);
  assert.deepEqual(await soon(first), ['unknown', 'unknown', 'active', 'active']);
  assert.deepEqual(await soon(find()), ['unknown', 'unknown', 'active', 'active']);
  assert.equal(asked, 1);
  const now = performance.now.bind(performance);
  mock.method(performance, 'now', () => now() + 30_000);
  answers = Promise.resolve(new Map([['a', active(url)]]));
  assert.deepEqual(await soon(find()), ['active', 'gone', 'active', 'active']);
});

test('a plugin that fails in bulk and is silent for single endpoints costs one timeout', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const find = createLookup((ids) => {
    asked += 1;
    return ids.length > 1 ? Promise.reject(new Error('one of them')) : never;
  });
  const found = find();
  await nextTurn();
  mock.timers.tick(11_000);
  assert.deepEqual(await soon(found), ['unknown', 'unknown', 'active', 'active']);
  assert.equal(asked, 2);
});

test("errors of a plugin delay its own endpoints alone, also in the shape of an answer; the database's delay all", async () => {
  const shaped = Object.assign(new Error('Gone.'), { name: 'ApiError', status: 404, code: 'NOT_FOUND' });
  for (const error of [shaped, notFound('Gone.'), new ApiError(503, 'OWN_SERVER_AWAY', 'It is away.')]) {
    const find = createLookup(async (ids) => {
      if (ids.includes('a')) throw error;
      return new Map(ids.map((id) => [id, active(url)]));
    });
    assert.deepEqual(await find(), ['unknown', 'active', 'active', 'active']);
  }
  for (const error of [databaseUnavailable('away'), queryTimeout()])
    await assert.rejects(createLookup(() => Promise.reject(error))(), error);
});

test('deliveries of a plugin that is missing wait, and the log says so once in 30 s', async () => {
  const logged: string[] = [];
  const logger: Logger = { ...silent, error: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`) };
  const lookup = createEndpointLookup({ kinds: new Map(), logger });
  const find = async () => (await lookup.find([{ kind: 'removed', id: 'a' }])).map(({ endpoint }) => endpoint.state);
  const line = 'endpoint kind not registered by any plugin, deliveries wait {"kind":"removed"}';
  assert.deepEqual(await find(), ['unknown']);
  assert.deepEqual(await find(), ['unknown']);
  assert.deepEqual(logged, [line]);
  const now = performance.now.bind(performance);
  mock.method(performance, 'now', () => now() + 30_000);
  assert.deepEqual(await find(), ['unknown']);
  assert.deepEqual(logged, [line, line]);
});
