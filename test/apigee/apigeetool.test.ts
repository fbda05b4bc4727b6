import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Clients, startClients } from './clients.ts';

// apigeetool as it is published: each step uses what the steps before it made.

let clients: Clients;

before(async () => {
  clients = await startClients();
});
after(() => clients.close());

const email = 'ada@example.com';

test('createDeveloper creates a developer', async () => {
  const developer = { email, firstName: 'Ada', lastName: 'Lovelace', userName: 'ada' };
  assert.deepEqual(await clients.tool('createDeveloper', developer), {});
});

test('createDeveloper says why a second one is refused', async () => {
  const developer = { email, firstName: 'Ada', lastName: 'Lovelace', userName: 'ada' };
  await assert.rejects(clients.tool('createDeveloper', developer), /already exists/);
});

test('createProduct creates a product with its attributes, proxies and quota', async () => {
  const product = await clients.tool('createProduct', {
    productName: 'weather',
    displayName: 'Weather',
    proxies: 'forecast,history',
    environments: 'test',
    approvalType: 'auto',
    quota: '10',
    quotaInterval: '1',
    quotaTimeUnit: 'minute',
    scopes: 'read,write',
  });
  assert.equal(product.name, 'weather');
  assert.deepEqual(product.proxies, ['forecast', 'history']);
  assert.deepEqual(product.scopes, ['read', 'write']);
  assert.deepEqual(product.attributes, [{ name: 'access', value: 'public' }]);
  assert.equal(product.quota, '10');
});

test('wrong credentials are refused', async () => {
  const wrong = { password: 'wrong', email, firstName: 'A', lastName: 'L', userName: 'a' };
  await assert.rejects(clients.tool('createDeveloper', wrong), /credentials|token|required/i);
});
