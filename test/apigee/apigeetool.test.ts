import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Clients, type Returned, startClients } from './clients.ts';

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

test('listProducts lists names', async () => {
  assert.deepEqual(await clients.sdk('listProducts'), ['weather']);
});

let app: Returned;

test('createApp creates an app with a key for its products', async () => {
  app = await clients.tool('createApp', {
    name: 'Umbrella',
    apiProducts: 'weather',
    email,
    callback: 'https://example.com/',
  });
  assert.equal(app.name, 'Umbrella');
  assert.equal(app.callbackUrl, 'https://example.com/');
  assert.deepEqual(app.credentials[0].apiProducts, [{ apiproduct: 'weather', status: 'approved' }]);
});

test('createAppKey gives the app a key and its product', async () => {
  const { developerId } = app;
  const key = { developerId, appName: 'Umbrella', key: 'my-own-key', secret: 'my-own-secret', apiProducts: 'weather' };
  const added = await clients.tool('createAppKey', key);
  assert.equal(added.consumerKey, 'my-own-key');
  assert.equal(added.consumerSecret, 'my-own-secret');
  assert.deepEqual(added.apiProducts, [{ apiproduct: 'weather', status: 'approved' }]);
});

test('listApps lists ids, and getApp reads an app by its id', async () => {
  assert.deepEqual(await clients.sdk('listApps'), [app.appId]);
  const { credentials, name } = await clients.sdk('getApp', { app: app.appId });
  assert.equal(name, 'Umbrella');
  assert.deepEqual(credentials.map(({ consumerKey }: Returned) => consumerKey).includes('my-own-key'), true);
});

test('deletions answer with what was deleted', async () => {
  assert.equal((await clients.tool('deleteApp', { name: 'Umbrella', email })).appId, app.appId);
  assert.equal((await clients.tool('deleteProduct', { productName: 'weather' })).name, 'weather');
  assert.equal((await clients.tool('deleteDeveloper', { email })).email, email);
  assert.deepEqual(await clients.sdk('listProducts'), []);
  assert.deepEqual(await clients.sdk('listApps'), []);
});

test('a command fails with the words of the gateway', async () => {
  await assert.rejects(
    clients.tool('deleteDeveloper', { email }),
    /Developer with id \[ada@example.com\] does not exist/,
  );
});

test('wrong credentials are refused', async () => {
  const wrong = { password: 'wrong', email, firstName: 'A', lastName: 'L', userName: 'a' };
  await assert.rejects(clients.tool('createDeveloper', wrong), /credentials|token|required/i);
});
