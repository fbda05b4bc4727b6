import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Clients, type Returned, startClients } from './clients.ts';

// apigee-edge-js as it is published: each step uses what the steps before it made.

let clients: Clients;
let edge: Clients['edge'];

before(async () => {
  clients = await startClients();
  edge = clients.edge;
});
after(() => clients.close());

const developerEmail = 'ada@example.com';
const names = (attributes: Returned): Returned =>
  Object.fromEntries(attributes.map(({ name, value }: Returned) => [name, value]));

test('its process reaches the loopback address only', async () => {
  await assert.rejects(clients.connect({ mgmtServer: 'http://192.0.2.1' }), /connection to 192.0.2.1 refused/);
});

test('connect with wrong credentials fails', async () => {
  await assert.rejects(clients.connect({ password: 'wrong' }), /bad status: 401/);
});

test('connect with Basic credentials reads the properties of the organization', async () => {
  assert.equal(await clients.connect(), 'connected');
  assert.equal((await edge('organization', 'getProperties'))['features.isMonetizationEnabled'], 'true');
  const organization = await edge('organization', 'get');
  assert.equal(organization.name, 'myorg');
  assert.ok(Array.isArray(organization.environments));
});

test('developers are created, read by e-mail address and id, and listed', async () => {
  const person = { developerEmail, firstName: 'Ada', lastName: 'Lovelace', userName: 'ada' };
  const created = await edge('developers', 'create', { ...person, attributes: { tier: 'gold' } });
  assert.equal(created.email, developerEmail);
  assert.equal(created.status, 'active');
  assert.equal(created.organizationName, 'myorg');
  assert.equal(names(created.attributes).tier, 'gold');
  assert.match(created.developerId, /^[\w-]{36}$/);
  assert.deepEqual(await edge('developers', 'get', { developerEmail }), created);
  assert.deepEqual(await edge('developers', 'get', { id: created.developerId }), created);
  assert.deepEqual(await edge('developers', 'get'), [developerEmail]);
});

test('a developer is revoked and approved', async () => {
  for (const [method, status] of [
    ['revoke', 'inactive'],
    ['approve', 'active'],
  ] as const) {
    await edge('developers', method, { developerEmail });
    assert.equal((await edge('developers', 'get', { developerEmail })).status, status);
  }
});

test('an unknown developer and a second one of that address are refused', async () => {
  await assert.rejects(edge('developers', 'get', { email: 'nobody@example.com' }), /bad status: 404/);
  const again = { developerEmail, firstName: 'A', lastName: 'L', userName: 'a' };
  await assert.rejects(edge('developers', 'create', again), /bad status: 409/);
});

test('products are created, read, listed and changed', async () => {
  const product = { productName: 'weather', proxy: 'forecast', approvalType: 'auto', scopes: ['read'], quota: '10' };
  const created = await edge('products', 'create', { ...product, attributes: { access: 'public' } });
  assert.deepEqual(created.proxies, ['forecast']);
  assert.deepEqual(created.scopes, ['read']);
  assert.equal(created.quota, '10');
  assert.equal(names(created.attributes).access, 'public');
  await edge('products', 'create', { productName: 'history', proxies: ['a', 'b'] });
  assert.deepEqual(await edge('products', 'get', { name: 'weather' }), created);
  assert.deepEqual(await edge('products', 'get'), ['history', 'weather']);
  const expanded = await edge('products', 'get', { expand: true });
  assert.deepEqual(
    expanded.apiProduct.map(({ name, approvalType }: Returned) => [name, approvalType]),
    [
      ['history', 'manual'],
      ['weather', 'auto'],
    ],
  );
  const changed = await edge('products', 'update', { ...created, displayName: 'Weather' });
  assert.equal(changed.displayName, 'Weather');
  assert.equal((await edge('products', 'get', { name: 'weather' })).displayName, 'Weather');
});

const appName = 'Umbrella';
let app: Returned;

test('apps are created with a key for their products, read, listed and changed', async () => {
  app = await edge('developerapps', 'create', {
    developerEmail,
    appName,
    apiProduct: 'weather',
    callbackUrl: 'https://example.com/callback',
    expiry: '30d',
    attributes: { DisplayName: 'An umbrella' },
  });
  assert.equal(app.status, 'approved');
  assert.equal(names(app.attributes).DisplayName, 'An umbrella');
  const [key] = app.credentials;
  assert.deepEqual(key.apiProducts, [{ apiproduct: 'weather', status: 'approved' }]);
  assert.ok(key.expiresAt > key.issuedAt);
  assert.ok(key.consumerKey.length >= 16 && key.consumerSecret.length >= 16);
  assert.deepEqual(await edge('developerapps', 'get', { developerEmail, appName }), app);
  assert.deepEqual(await edge('developerapps', 'get', { developerEmail }), [appName]);
  assert.deepEqual((await edge('developers', 'get', { developerEmail })).apps, [appName]);
  assert.deepEqual(await edge('apps', 'get'), [app.appId]);
  assert.deepEqual(await edge('apps', 'get', { id: app.appId }), app);
  const [listed] = (await edge('apps', 'get', { expand: true })).app;
  assert.equal(listed.credentials[0].consumerKey, key.consumerKey);
  const changed = await edge('developerapps', 'update', {
    developerEmail,
    appName,
    attributes: { Notes: 'n' },
    callbackUrl: 'https://example.com/new',
  });
  assert.equal(changed.callbackUrl, 'https://example.com/new');
  assert.equal(names(changed.attributes).DisplayName, 'An umbrella');
  assert.equal(names(changed.attributes).Notes, 'n');
});

test('an app is revoked and approved', async () => {
  for (const [method, status] of [
    ['revoke', 'revoked'],
    ['approve', 'approved'],
  ] as const) {
    await edge('developerapps', method, { developerEmail, appName });
    assert.equal((await edge('developerapps', 'get', { developerEmail, appName })).status, status);
  }
});

test('keys are given, generated, found, changed, revoked and deleted', async () => {
  const of = { developerEmail, appName };
  const given = { consumerKey: 'my-own-key', consumerSecret: 'my-own-secret' };
  const added = await edge('appcredentials', 'add', { ...of, ...given, apiProduct: 'weather' });
  assert.equal(added.consumerKey, given.consumerKey);
  assert.equal(added.consumerSecret, given.consumerSecret);
  assert.deepEqual(added.apiProducts, [{ apiproduct: 'weather', status: 'approved' }]);
  const generated = await edge('appcredentials', 'add', { ...of, apiProduct: 'history', expiry: '1d' });
  assert.equal(generated.credentials.length, 3);
  const key = given.consumerKey;
  assert.equal((await edge('appcredentials', 'addProduct', { ...of, key, product: 'history' })).apiProducts.length, 2);
  const removed = await edge('appcredentials', 'removeProduct', { ...of, key, product: 'weather' });
  assert.deepEqual(
    removed.apiProducts.map(({ apiproduct }: Returned) => apiproduct),
    ['history'],
  );
  const found = await edge('appcredentials', 'find', { key });
  assert.equal(found.appName, appName);
  assert.equal(found.developer.email, developerEmail);
  await edge('appcredentials', 'revoke', { ...of, key });
  assert.equal((await edge('appcredentials', 'get', { ...of, key })).status, 'revoked');
  assert.equal(await edge('appcredentials', 'approve', { key }), true);
  assert.equal((await edge('appcredentials', 'get', { ...of, key })).status, 'approved');
  await edge('appcredentials', 'del', { ...of, key });
  await assert.rejects(edge('appcredentials', 'get', { ...of, key }), /bad status: 404/);
});

test('deletions answer with what was deleted', async () => {
  assert.equal((await edge('developerapps', 'del', { developerEmail, appName })).appId, app.appId);
  await assert.rejects(edge('developerapps', 'get', { developerEmail, appName }), /bad status: 404/);
  const other = await edge('developerapps', 'create', { developerEmail, appName: 'Other', apiProduct: 'weather' });
  assert.equal((await edge('apps', 'del', { id: other.appId })).name, 'Other');
  assert.equal((await edge('products', 'del', { name: 'history' })).name, 'history');
  assert.equal((await edge('developers', 'del', { developerEmail })).email, developerEmail);
  assert.deepEqual(await edge('developers', 'get'), []);
  assert.deepEqual(await edge('products', 'get'), ['weather']);
});
