import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway, type TestRequest } from 'hookgate/testing';
import { sampleShopPlugin } from './index.ts';

const base = '/api/v1/sample-shop/items';
let gateway: TestGateway;

before(async () => {
  gateway = await createTestGateway({ plugins: [sampleShopPlugin] });
});
after(() => gateway.close());

/** Calls the plugin as a caller of the organization `org`. */
async function call(path: string, { org = 'myorg', ...request }: TestRequest & { org?: string } = {}) {
  const token = await gateway.token({ org, scope: 'sample-shop:read sample-shop:write' });
  return gateway.request(path, { target: 'sample-shop', token, ...request });
}

test('an item is created, read and deleted', async () => {
  const created = await call(base, { body: { title: 'First' } });
  assert.equal(created.status, 201);
  assert.equal(created.body.title, 'First');
  assert.equal(gateway.published.at(-1)?.type, 'sample-shop.item.created');

  const path = created.headers.get('location') ?? '';
  assert.deepEqual((await call(path)).body, created.body);
  assert.equal((await call(path, { method: 'DELETE' })).status, 204);
  assert.equal((await call(path)).status, 404);
  assert.equal((await call(path, { method: 'DELETE' })).status, 404);
});

test('the list has all items once, newest first, a page at a time', async () => {
  const org = 'with-pages';
  for (const title of ['one', 'two', 'three']) await call(base, { org, body: { title } });

  const first = await call(`${base}?limit=2`, { org });
  const second = await call(`${base}?limit=2&cursor=${first.body.next_cursor}`, { org });
  const titles = [...first.body.items, ...second.body.items].map(({ title }) => title);
  assert.deepEqual(titles, ['three', 'two', 'one']);
  assert.equal(second.body.next_cursor, null);
});

test('an organization sees its own items only', async () => {
  const { body } = await call(base, { body: { title: 'Mine' } });
  assert.equal((await call(`${base}/${body.id}`, { org: 'another' })).status, 404);
  assert.equal((await call(`${base}/${body.id}`, { org: 'another', method: 'DELETE' })).status, 404);
  assert.deepEqual((await call(base, { org: 'another' })).body.items, []);
});

test('calls need credentials, a scope and a valid body', async () => {
  const post = (request: TestRequest) =>
    gateway.request(base, { target: 'sample-shop', body: { title: 'First' }, ...request });
  assert.equal((await post({})).status, 401);
  const reader = await gateway.token({ scope: 'sample-shop:read' });
  assert.equal((await post({ token: reader })).status, 403);
  assert.equal((await call(base, { body: { title: '' } })).body.error.code, 'VALIDATION_ERROR');
});
