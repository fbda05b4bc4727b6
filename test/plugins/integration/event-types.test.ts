import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import { loadConfig } from '../../../src/config.ts';
import { openDatabase } from '../../../src/database/database.ts';
import { createTestGateway, type TestAnswer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

const order = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^[a-z]\\d+$' },
    items: { type: 'array', items: { $ref: '#/$defs/item' }, uniqueItems: true },
  },
  required: ['id'],
  unevaluatedProperties: false,
  $defs: { item: { type: 'object', properties: { price: { type: 'number', multipleOf: 0.01 } } } },
};

onEveryEngine('event types', ({ serverUrl, testOnServer }) => {
  let client: IntegrationGateway;
  let distributor: string;

  before(async () => {
    client = await startIntegration(serverUrl, { MAX_EVENT_TYPES: '40' });
    distributor = await client.createDistributor();
  });
  after(() => client.close());

  const path = (name: string): string => `/event-types/${encodeURIComponent(name)}`;
  const put = (name: string, body: unknown): Promise<TestAnswer> => client.call(path(name), { method: 'PUT', body });
  const post = (type: string, data: unknown = {}): Promise<TestAnswer> =>
    client.call(`/distributors/${distributor}/events`, { body: { type, data } });
  const fieldsOf = (answer: TestAnswer): { path: string; message: string }[] => {
    assertError(answer, 'VALIDATION_ERROR');
    return answer.body.error.details.fields;
  };
  const pathsOf = (answer: TestAnswer): string[] => fieldsOf(answer).map((field) => field.path);

  test('PUT creates an event type, or replaces all of it', async () => {
    const example = { id: 'a1' };
    const created = await put('order-made:now', { description: 'Made.', example, schema: order });
    assert.equal(created.status, 201, created.text);
    const { created_at, updated_at, ...rest } = created.body;
    assert.deepEqual(rest, { name: 'order-made:now', description: 'Made.', example, schema: order });
    assert.equal(updated_at, created_at);
    const location = String(created.headers.get('location'));
    assert.deepEqual((await client.call(location.replace('/api/v1/integration', ''))).body, created.body);
    const bare = await client.call('/event-types/order-made:now', { method: 'PUT' });
    assert.equal(bare.status, 400, bare.text);
    const replaced = await put('order-made:now', {});
    assert.equal(replaced.status, 200);
    assert.deepEqual(replaced.body, {
      ...{ name: 'order-made:now', description: null, example: null, schema: null, created_at },
      updated_at: replaced.body.updated_at,
    });
    assert.ok(replaced.body.updated_at > created_at);
    assert.equal((await client.call(path('order-made:now'), { method: 'DELETE' })).status, 204);
    assertError(await client.call(path('order-made:now'), { method: 'DELETE' }), 'NOT_FOUND');
    assertError(await client.call(path('order-made:now')), 'NOT_FOUND');
  });

  test('an example keeps the notation of its numbers', async () => {
    const body = '{"example":{"amount":1524831183200256789.10}}';
    const answer = await client.call(path('exact'), { method: 'PUT', body });
    assert.equal(answer.status, 201, answer.text);
    assert.match((await client.call(path('exact'))).text, /"amount":1524831183200256789\.10/);
  });

  test('the list has pages in the order of names, and shows no other organization', async () => {
    for (const name of ['list.c', 'list.a', 'list.b']) await put(name, {});
    const first = (await client.call('/event-types?limit=2&cursor=list')).body;
    assert.deepEqual([first.event_types.map(nameOf), first.next_cursor], [['list.a', 'list.b'], 'list.b']);
    const second = (await client.call(`/event-types?limit=2&cursor=${first.next_cursor}`)).body;
    assert.equal(second.event_types[0].name, 'list.c');
    const token = await client.gateway.token({ org: 'elsewhere', scope: 'integration:read integration:write' });
    assert.deepEqual((await client.call('/event-types', { token })).body, { event_types: [], next_cursor: null });
    assertError(await client.call(path('list.a'), { token }), 'NOT_FOUND');
  });

  test('large texts make a page short', async () => {
    const example = { text: 'x'.repeat(60_000) };
    for (let number = 10; number < 30; number += 1) assert.equal((await put(`big.${number}`, { example })).status, 201);
    const seen: string[] = [];
    for (let cursor: string | null = 'big'; cursor?.startsWith('big'); ) {
      const page: TestAnswer = await client.call(`/event-types?limit=100&cursor=${cursor}`);
      assert.ok(page.text.length < 1_200_000, String(page.text.length));
      seen.push(...page.body.event_types.map(nameOf));
      cursor = page.body.next_cursor;
    }
    assert.equal(seen.filter((name) => name.startsWith('big.')).length, 20);
    for (let number = 10; number < 30; number += 1) await client.call(path(`big.${number}`), { method: 'DELETE' });
  });

  test('events of a type with a schema are checked by every call, and other types are not', async () => {
    await put('order.made', { schema: order });
    assert.equal((await post('order.made', { id: 'a1', items: [{ price: 19.99 }] })).status, 202);
    const wrong = { items: [{ price: 'x' }, { price: 0.001 }], more: 1 };
    const expected = ['data.id', 'data.items[0].price', 'data.items[1].price', 'data.more'];
    assert.deepEqual(pathsOf(await post('order.made', wrong)).sort(), expected);
    const node = await client.call(`/distributors/nodes/${nodeId}/events`, {
      body: { type: 'order.made', data: wrong },
    });
    assert.deepEqual(pathsOf(node).sort(), expected);
    assert.deepEqual(pathsOf(await post('order.made', { id: 'A1' })), ['data.id']);
    assert.deepEqual(pathsOf(await post('order.made', { id: 'a1', items: [{ a: [1] }, { a: [1] }] })), ['data.items']);
    assert.equal((await post('order.made.too', wrong)).status, 202);
    await put('order.made', {});
    assert.equal((await post('order.made', wrong)).status, 202);
  });

  test('a replayed Idempotency-Key has its first answer after a change of the schema', async () => {
    const headers = { 'Idempotency-Key': 'before-the-schema' };
    const send = () =>
      client.call(`/distributors/${distributor}/events`, { body: { type: 'replayed', data: { a: 1 } }, headers });
    const first = await send();
    await put('replayed', { schema: { maxProperties: 0 } });
    const again = await send();
    assert.deepEqual([again.status, again.body], [202, first.body]);
    assert.deepEqual(pathsOf(await post('replayed', { a: 1 })), ['data']);
  });

  test('names that begin with hookgate. are reserved', async () => {
    assertInvalid(await put('hookgate.endpoint.failing', {}), ['name']);
    assertInvalid(await post('hookgate.endpoint.failing'), ['type']);
    assert.equal((await post('hookgateway.opened')).status, 202);
  });

  test('an example has to match the schema', async () => {
    assert.deepEqual(pathsOf(await put('example', { example: { id: 1 }, schema: order })), ['example.id']);
  });

  test('the number of event types is limited', async () => {
    const { event_types: present } = (await client.call('/event-types?limit=100')).body;
    const made = Array.from({ length: 40 - present.length }, (_, index) => `limit.${index}`);
    for (const name of made) assert.equal((await put(name, {})).status, 201);
    assertError(await put('limit.more', {}), 'LIMIT_REACHED');
    assert.equal((await put('limit.0', { description: 'x' })).status, 200);
    for (const name of made) await client.call(path(name), { method: 'DELETE' });
  });

  test('schemas that are malformed or reach outside are refused, with every place', async () => {
    const refused: [schema: unknown, paths: string[]][] = [
      [{ type: 'objekt', minimum: 'x' }, ['schema.type', 'schema.minimum']],
      [{ properties: { a: { $ref: 'https://example.com/schema.json' } } }, ['schema.properties.a.$ref']],
      [{ $ref: '#/$defs/missing' }, ['schema']],
      [{ $ref: 'http://json-schema.org/draft-07/schema' }, ['schema.$ref']],
      [{ requird: ['a'], 'x-note': 'ignored' }, ['schema.requird']],
      [{ $schema: 'http://json-schema.org/draft-07/schema#' }, ['schema.$schema']],
      [{ properties: { a: { $id: 'other', type: 'string' } } }, ['schema.properties.a.$id']],
      [{ minimum: { $data: '1/a' } }, ['schema.minimum']],
      [{ $async: true }, ['schema.$async']],
      [{ pattern: '(?=a)b' }, ['schema.pattern']],
      [{ patternProperties: { '(a)\\1': true } }, ['schema.patternProperties.(a)\\1']],
      [{ pattern: '((a{0,100}){0,100}){0,100}' }, ['schema.pattern']],
      [{ description: 'x'.repeat(66_000) }, ['schema']],
      ['text', ['schema']],
    ];
    for (const [schema, paths] of refused) {
      const answer = await put('refused', { schema });
      assert.deepEqual(pathsOf(answer).sort(), [...paths].sort(), answer.text);
    }
    const deep = (levels: number): object => (levels === 0 ? {} : { not: deep(levels - 1) });
    assertError(await put('refused', { schema: deep(70) }), 'MALFORMED_JSON');
    const raw = '{"schema":{"properties":{"__proto__":{"type":"string"}}}}';
    assert.equal((await client.call(path('refused'), { method: 'PUT', body: raw })).status, 400);
    assertError(await client.call(path('refused')), 'NOT_FOUND');
  });

  test('a schema may refer to itself', async () => {
    const schema = { properties: { child: { $ref: '#' }, a: { type: 'string' } }, additionalProperties: false };
    assert.equal((await put('tree', { schema })).status, 201);
    assert.equal((await post('tree', { child: { child: { a: 'x' } } })).status, 202);
    assert.deepEqual(pathsOf(await post('tree', { child: { child: { a: 1 } } })), ['data.child.child.a']);
  });

  test('members of prototypes are no members', async () => {
    await put('proto', { schema: { required: ['constructor'], properties: { toString: { type: 'string' } } } });
    assert.deepEqual(pathsOf(await post('proto', {})), ['data.constructor']);
    assert.equal((await post('proto', { constructor: 1 })).status, 202);
  });

  test('schemas of two organizations with one name do not meet', async () => {
    const token = await client.gateway.token({ org: 'second', scope: 'integration:read integration:write' });
    const schema = (type: string) => ({
      $id: 'https://example.com/same',
      $anchor: 'same',
      type: 'object',
      ...{ properties: { a: { type } } },
    });
    await put('same', { schema: schema('string') });
    const other = await client.call(path('same'), { method: 'PUT', body: { schema: schema('number') }, token });
    assert.equal(other.status, 201, other.text);
    assert.equal((await post('same', { a: 'x' })).status, 202);
    assert.deepEqual(pathsOf(await post('same', { a: 1 })), ['data.a']);
  });

  test('schemas that take exponential time, or refer to themselves without end, are refused', async () => {
    const pair = (name: number) => ({ allOf: [{ $ref: `#/$defs/d${name}` }, { $ref: `#/$defs/d${name}` }] });
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, pair(index + 1)]));
    const exponential = { ...pair(0), $defs: { ...$defs, d40: { type: 'object' } } };
    assert.match(fieldsOf(await put('hostile', { schema: exponential }))[0]?.message ?? '', /^takes longer than/);
    for (const schema of [{ $ref: '#' }, { allOf: [{ $ref: '#' }] }])
      assert.match(fieldsOf(await put('hostile', { schema }))[0]?.message ?? '', /without end/);
  });

  test('a schema that runs into its time with an event takes no further events until it is changed', async () => {
    const pair = (name: number) => ({ allOf: [{ $ref: `#/$defs/d${name}` }, { $ref: `#/$defs/d${name}` }] });
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, pair(index + 1)]));
    const schema = { properties: { slow: pair(0) }, $defs: { ...$defs, d40: { type: 'object' } } };
    assert.equal((await put('slow', { schema })).status, 201);
    assert.equal((await post('slow', { a: 1 })).status, 202);
    assert.match(fieldsOf(await post('slow', { slow: {} }))[0]?.message ?? '', /cannot be applied.*takes longer than/);
    assert.deepEqual(pathsOf(await post('slow', { a: 1 })), ['type']);
    assert.equal((await post('other', { slow: {} })).status, 202);
    await put('slow', { schema: { type: 'object' } });
    assert.equal((await post('slow', { slow: {} })).status, 202);
  });

  test('patterns take linear time', async () => {
    assert.equal((await put('linear', { schema: { properties: { a: { pattern: '^(a+)+$' } } } })).status, 201);
    assert.deepEqual(pathsOf(await post('linear', { a: `${'a'.repeat(100_000)}b` })), ['data.a']);
    assert.equal((await post('linear', { a: 'a'.repeat(1000) })).status, 202);
  });

  test('the number of reported places is bounded, and so are their texts', async () => {
    await put('many', { schema: { additionalProperties: { type: 'string', pattern: `^${'x'.repeat(2000)}$` } } });
    const data = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${'n'.repeat(200)}${index}`, 'y']));
    const answer = await post('many', data);
    assert.equal(fieldsOf(answer).length, 50);
    assert.ok(answer.text.length < 50_000, String(answer.text.length));
  });

  testOnServer('a schema counts in other processes, and a changed one as well', async () => {
    const { database } = client.gateway;
    const other = await createTestGateway({ plugins: [integration], database });
    try {
      const token = await other.token({ scope: 'integration:write' });
      const path = `/api/v1/integration/distributors/${distributor}/events`;
      const statusOf = async (data: object): Promise<number> =>
        (await other.request(path, { target: 'integration', token, body: { type: 'elsewhere', data } })).status;
      assert.equal(await statusOf({}), 202);
      await put('elsewhere', { schema: { required: ['a'] } });
      await eventually(async () => (await statusOf({})) === 400 || undefined);
      assert.equal(await statusOf({ a: 1 }), 202);
      await put('elsewhere', { schema: { required: ['b'] } });
      await eventually(async () => (await statusOf({ a: 1 })) === 400 || undefined);
      await client.call('/event-types/elsewhere', { method: 'DELETE' });
      await eventually(async () => (await statusOf({})) === 202 || undefined);
    } finally {
      await other.close();
    }
  });

  test('a stored schema that cannot be compiled stops events of its own type alone', async () => {
    const database = openDatabase(loadConfig(client.gateway.database.env));
    try {
      await put('broken', { schema: { type: 'object' } });
      await database
        .knex('integration_event_types')
        .where({ name: 'broken' })
        .update({ schema: '{"$ref":"#/gone"}', version: 'broken' });
      const answer = await eventually(async () => {
        const answer = await post('broken', {});
        return answer.status === 400 ? answer : undefined;
      });
      assert.match(fieldsOf(answer)[0]?.message ?? '', /cannot be applied.*cannot be compiled/);
      assert.equal((await post('order.made', { id: 1 })).status, 202);
    } finally {
      await database.close();
    }
  });
});

const nameOf = ({ name }: { name: string }): string => name;
