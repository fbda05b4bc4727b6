import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { TestRequest } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { countLockWaits } from '../../support/lock-waits.ts';
import {
  assertBadFields,
  assertMint,
  assertMissing,
  type Body,
  type CatalogClient,
  startCatalog,
} from './catalog-client.ts';

const empty = { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' } };

onEveryEngine('apps of developers', ({ serverUrl, testOnServer }) => {
  let client: CatalogClient;
  let email: string;
  let developerId: string;
  let made = 0;

  before(async () => {
    client = await startCatalog(serverUrl);
    for (const name of ['weather', 'tides', 'maps']) await client.product(name);
  });
  after(() => client.close());
  beforeEach(async () => {
    made += 1;
    email = `d${made}@example.com`;
    ({ developerId } = await client.developer(email));
  });

  const call = (path: string, request?: TestRequest) => client.management(`/developers/${email}/apps${path}`, request);
  const post = (path: string, body: object) => call(path, { body });
  const put = (path: string, body: object) => call(path, { method: 'PUT', body });
  const remove = (path: string) => call(path, { method: 'DELETE' });
  const act = (path: string) => call(path, empty);
  async function create(name: string, more: object = {}): Promise<Body> {
    const { status, body, text } = await post('', { name, ...more });
    assert.equal(status, 201, text);
    return body;
  }

  test('an app is answered as it was created, with a key of its own', async () => {
    const given = { callbackUrl: 'https://example.com/x', attributes: [{ name: 'DisplayName', value: 'Çağrı 😀' }] };
    const body = await create('My app', { ...given, apiProducts: ['weather', 'tides', 'weather'], scopes: ['read'] });
    const { appId, createdAt, credentials, createdBy, ...rest } = body;
    assert.match(appId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.deepEqual(rest, {
      ...{ ...given, appFamily: 'default', developerId, name: 'My app', scopes: ['read'], status: 'approved' },
      ...{ lastModifiedAt: createdAt, lastModifiedBy: createdBy },
    });
    const [{ consumerKey, consumerSecret, issuedAt, ...key }, ...others] = credentials;
    assert.deepEqual(others, []);
    assert.match(consumerKey, /^[A-Za-z0-9]{32}$/);
    assert.match(consumerSecret, /^[A-Za-z0-9]{32}$/);
    assert.equal(issuedAt, createdAt);
    assert.deepEqual(key, {
      apiProducts: ['weather', 'tides'].map((apiproduct) => ({ apiproduct, status: 'approved' })),
      ...{ attributes: [], expiresAt: -1, scopes: ['read'], status: 'approved' },
    });
    assert.deepEqual((await call('/My%20app')).body, body);
    assert.deepEqual((await client.management(`/developers/${developerId}/apps/My%20app`)).body, body);
    assert.deepEqual((await client.management(`/apps/${appId.toUpperCase()}`)).body, body);
    assert.deepEqual((await client.management(`/developers/${email}`)).body.apps, ['My app']);
  });

  test('secrets are encrypted at rest and masked for callers who may only read', async () => {
    const { credentials, appId } = await create('sealed');
    const [{ consumerSecret, consumerKey }] = credentials;
    const { knex } = client.gateway.app.foundation.database;
    const [row] = await knex('integration_app_keys').where({ app_id: appId });
    assert.ok(!JSON.stringify(row).includes(consumerSecret));
    const token = await client.gateway.token({ org: client.organization, scope: 'integration:read' });
    const base = `/v1/organizations/${client.organization}`;
    const app = `${base}/developers/${email}/apps/sealed`;
    for (const path of [app, `${app}/keys/${consumerKey}`, `${base}/apps/${appId}`, `${base}/apps?expand=true`]) {
      const { status, text } = await client.gateway.request(path, { token });
      assert.equal(status, 200, text);
      assert.ok(text.includes('"consumerSecret":"********"') && !text.includes(consumerSecret), path);
    }
    const refused = await client.gateway.request(app, { token, method: 'DELETE' });
    assert.equal(refused.status, 403);
  });

  test('keys expire when the caller says so', async () => {
    for (const keyExpiresIn of [86_400_000, '86400000']) {
      const { credentials } = await create(`expiring ${typeof keyExpiresIn}`, { keyExpiresIn });
      assert.equal(credentials[0].expiresAt, credentials[0].issuedAt + 86_400_000);
    }
    assert.equal((await create('never', { keyExpiresIn: '-1' })).credentials[0].expiresAt, -1);
  });

  test('one of two concurrent creations of a name wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all([1, 2, 3].map(() => post('', { name: `race ${round}` })));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409]);
      for (const answer of answers.filter(({ status }) => status === 409))
        assertMint(answer, 409, 'resourceAlreadyExists', { type: 'App', id: `race ${round}` });
    }
    const names = await call('');
    assert.deepEqual(names.body, ['race 0', 'race 1', 'race 2', 'race 3', 'race 4']);
  });

  test('an app is changed by PUT and POST, which issue a key for products', async () => {
    const before = await create('change', { callbackUrl: 'https://example.com/', scopes: ['a'] });
    client.gateway.clock.advance(5000);
    const whole = { ...before, attributes: [{ name: 'a', value: 'b' }], callbackUrl: null, status: 'revoked' };
    const changed = await put('/change', whole);
    assert.equal(changed.status, 200, changed.text);
    const { lastModifiedAt, ...rest } = changed.body;
    assert.deepEqual(
      { ...rest, lastModifiedAt: before.lastModifiedAt },
      { ...before, attributes: whole.attributes, callbackUrl: 'https://example.com/' },
    );
    assert.ok(lastModifiedAt >= before.lastModifiedAt + 5000);
    assert.equal((await post('/change', { callbackUrl: '' })).body.callbackUrl, '');
    for (const [index, issue] of [put, post].entries()) {
      client.gateway.clock.advance(1000);
      const { body } = await issue('/change', { apiProducts: ['maps'], keyExpiresIn: '1000' });
      assert.equal(body.credentials.length, index + 2);
      const [newest] = body.credentials;
      assert.deepEqual(newest.apiProducts, [{ apiproduct: 'maps', status: 'approved' }]);
      assert.deepEqual(newest.scopes, ['a']);
      assert.equal(newest.expiresAt, newest.issuedAt + 1000);
      assert.deepEqual(body.credentials.at(-1), before.credentials[0]);
    }
    assertMissing(await put('/change', { apiProducts: ['maps', 'gone'] }), 'Product', 'gone');
    assert.equal((await call('/change')).body.credentials.length, 3);
  });

  test('actions approve and revoke apps, keys and products of keys without a body', async () => {
    const { credentials } = await create('status', { apiProducts: ['weather', 'tides'] });
    const key = `/status/keys/${credentials[0].consumerKey}`;
    const states = async () => {
      const { body } = await call('/status');
      const [one] = body.credentials;
      return [body.status, one.status, ...one.apiProducts.map(({ status }: { status: string }) => status)];
    };
    for (const path of ['/status', key, `${key}/apiproducts/tides`]) {
      const { status, text } = await act(`${path}?action=revoke`);
      assert.deepEqual([status, text], [204, '']);
    }
    assert.deepEqual(await states(), ['revoked', 'revoked', 'approved', 'revoked']);
    for (const path of ['/status', key, `${key}/apiproducts/tides`])
      assert.equal((await act(`${path}?action=approve`)).status, 204);
    assert.deepEqual(await states(), ['approved', 'approved', 'approved', 'approved']);
    for (const path of ['/status', key, `${key}/apiproducts/tides`])
      assertBadFields(await act(`${path}?action=pause`), ['action']);
    assertBadFields(await act(`${key}/apiproducts/tides`), ['action']);
    assertMissing(await act(`${key}/apiproducts/maps?action=revoke`), 'Product', 'maps');
    assertMissing(await act('/none?action=revoke'), 'App', 'none');
    assertMissing(await act('/status/keys/none?action=revoke'), 'ConsumerKey', 'none');
  });

  test('keys are created with given names and secrets, changed, and deleted', async () => {
    await create('keys');
    client.gateway.clock.advance(1000);
    const created = await post('/keys/keys/create', { consumerKey: `own-${made}`, consumerSecret: 'secret_1' });
    assert.equal(created.status, 201);
    const own = created.body;
    const { issuedAt, ...rest } = own;
    assert.deepEqual(rest, {
      ...{ apiProducts: [], attributes: [], consumerKey: `own-${made}`, consumerSecret: 'secret_1' },
      ...{ expiresAt: -1, scopes: [], status: 'approved' },
    });
    assert.deepEqual((await call('/keys')).body.credentials[0], own);
    const path = `/keys/keys/own-${made}`;
    assert.deepEqual((await call(path)).body, own);
    const attributes = [{ name: 'tier', value: 'gold' }];
    const added = (await post(path, { apiProducts: ['weather', 'weather'], attributes })).body;
    const approved = (apiproduct: string) => ({ apiproduct, status: 'approved' });
    assert.deepEqual(added, { ...own, apiProducts: [approved('weather')], attributes });
    const appended = (await put(path, { apiProducts: ['maps', 'weather'] })).body;
    assert.deepEqual(appended, { ...added, apiProducts: [approved('weather'), approved('maps')] });
    assert.deepEqual((await put(path, { scopes: ['r', 'w'] })).body, { ...appended, scopes: ['r', 'w'] });
    assertMissing(await put(path, { apiProducts: ['gone'] }), 'Product', 'gone');
    const without = await remove(`${path}/apiproducts/weather`);
    assert.deepEqual([without.status, without.body.apiProducts], [200, [approved('maps')]]);
    assertMissing(await remove(`${path}/apiproducts/weather`), 'Product', 'weather');
    const deleted = await remove(path);
    assert.deepEqual([deleted.status, deleted.body], [200, without.body]);
    assertMissing(await call(path), 'ConsumerKey', `own-${made}`);
    const random = await post('/keys/keys/create', {});
    assert.match(random.body.consumerKey, /^[A-Za-z0-9]{32}$/);
  });

  test('a consumer key is unique in its organization alone, and compared exactly', async () => {
    await create('one');
    await create('two');
    const key = { consumerKey: `Unique-${made}`, consumerSecret: 'x' };
    assert.equal((await post('/one/keys/create', key)).status, 201);
    const again = await post('/two/keys/create', key);
    assertMint(again, 409, 'resourceAlreadyExists', { type: 'ConsumerKey', id: key.consumerKey });
    const lower = key.consumerKey.toLowerCase();
    assertMissing(await call(`/one/keys/${lower}`), 'ConsumerKey', lower);
    assertMissing(await call(`/one/keys/${key.consumerKey}%20`), 'ConsumerKey', `${key.consumerKey} `);
    assertMissing(await call(`/two/keys/${key.consumerKey}`), 'ConsumerKey', key.consumerKey);
    const other = await client.as('elsewhere');
    await other.developer(email);
    await other.management(`/developers/${email}/apps`, { body: { name: 'one' } });
    const path = `/developers/${email}/apps/one/keys/create`;
    assert.equal((await other.management(path, { body: key })).status, 201);
    assert.equal((await post('/two/keys/create', { ...key, consumerKey: lower })).status, 201);
  });

  test('an app has a bounded number of keys', async () => {
    await create('full');
    for (let count = 1; count < 100; count += 1) assert.equal((await post('/full/keys/create', {})).status, 201);
    for (const refused of [await post('/full/keys/create', {}), await put('/full', { apiProducts: ['maps'] })])
      assertMint(refused, 409, 'limitReached', { resources: 'app_keys', limit: '100' });
  });

  test('wrong apps and keys are refused with every field, and not stored', async () => {
    for (const [body, ...fields] of [
      [{}, 'name'],
      [{ name: 'a/b' }, 'name'],
      [{ name: ' a' }, 'name'],
      [{ name: 'x'.repeat(191) }, 'name'],
      [{ name: 'a', callbackUrl: 7 }, 'callbackUrl'],
      [{ name: 'a', callbackUrl: 'x'.repeat(2049) }, 'callbackUrl'],
      [{ name: 'a', keyExpiresIn: 0 }, 'keyExpiresIn'],
      [{ name: 'a', keyExpiresIn: 'soon' }, 'keyExpiresIn'],
      [{ name: 'a', apiProducts: [7], scopes: 'all' }, 'apiProducts.0', 'scopes'],
      [{ name: 'a', attributes: [{ name: 'x', value: 'x'.repeat(60_000) }] }, 'attributes'],
    ] as const)
      assertBadFields(await post('', body), fields, fields.join());
    assertMissing(await post('', { name: 'a', apiProducts: ['gone'] }), 'Product', 'gone');
    assert.deepEqual((await call('')).body, []);
    await create('a');
    for (const [body, ...fields] of [
      [{ consumerKey: 'a b' }, 'consumerKey'],
      [{ consumerKey: 'create' }, 'consumerKey'],
      [{ consumerKey: 'x'.repeat(501), consumerSecret: 'x'.repeat(2049) }, 'consumerKey', 'consumerSecret'],
      [{ consumerKey: '', consumerSecret: 'ü' }, 'consumerKey', 'consumerSecret'],
    ] as const)
      assertBadFields(await post('/a/keys/create', body), fields, fields.join());
    assert.equal((await call('/a')).body.credentials.length, 1);
  });

  test('apps are listed by name, from a name on, and clients that page end', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await create(name);
    const names = async (query: string) => (await call(query)).body;
    assert.deepEqual(await names(''), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(await names('?count=2&startKey=b&expand=false'), ['b', 'c']);
    assert.deepEqual(await names('?startKey=bb'), ['c', 'd', 'e']);
    const { app, ...others } = await names('?expand=true&count=2');
    assert.deepEqual(others, {});
    assert.deepEqual(app, [(await call('/a')).body, (await call('/b')).body]);
    const [{ credentials, ...shallow }] = app;
    assert.ok(credentials);
    assert.deepEqual((await names('?shallowExpand=true&count=1')).app, [shallow]);
    assertBadFields(await call('?count=0&expand=1'), ['count', 'expand']);
    // The loop of the PHP client: each page begins with the last name of the one before.
    const seen: string[] = await names('?count=2');
    for (let last = seen.at(-1); last !== undefined; ) {
      const [, ...next]: string[] = await names(`?count=2&startKey=${last}`);
      seen.push(...next);
      last = next.at(-1);
    }
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
  });

  test('the apps of an organization are listed by id, whole or filtered', async () => {
    const other = await client.as(`lists${made}`);
    const apps = [];
    for (const developer of ['x@example.com', 'y@example.com']) {
      await other.developer(developer);
      for (const name of ['one', 'two']) {
        const body = { name, ...(name === 'two' ? { appFamily: 'second' } : {}) };
        apps.push((await other.management(`/developers/${developer}/apps`, { body })).body);
      }
    }
    const ids = apps.map(({ appId }) => appId).toSorted();
    const list = async (query: string) => (await other.management(`/apps${query}`)).body;
    assert.deepEqual(await list(''), ids);
    assert.deepEqual(await list(`?startKey=${ids[1]}&rows=2`), ids.slice(1, 3));
    assert.deepEqual(await list('?count=1'), ids.slice(0, 1));
    assert.deepEqual(
      (await list('?expand=true')).app,
      apps.toSorted((one, two) => (one.appId < two.appId ? -1 : 1)),
    );
    assert.ok((await list('?expand=true&includeCred=false')).app.every((app: Body) => !('credentials' in app)));
    assert.deepEqual(await list('?apptype=company'), []);
    assert.equal((await list('?apptype=developer')).length, 4);
    assert.equal((await list('?appfamily=second')).length, 2);
    await other.management('/developers/x@example.com/apps/one?action=revoke', empty);
    assert.deepEqual(await list('?status=revoked'), [apps[0].appId]);
    const deleted = await other.management(`/apps/${apps[0].appId}`, { method: 'DELETE' });
    assert.deepEqual([deleted.status, deleted.body.name], [200, 'one']);
    assertMissing(await other.management(`/apps/${apps[0].appId}`), 'App', apps[0].appId);
    assertMissing(await client.management(`/apps/${apps[1].appId}`), 'App', apps[1].appId);
  });

  test('the apps of a developer are deleted alone, or with the developer', async () => {
    await client.management(`/developers/${email}`, { method: 'PUT', body: { apps: ['older'] } });
    const app = await create('gone');
    await create('kept');
    const deleted = await remove('/gone');
    assert.deepEqual([deleted.status, deleted.body], [200, app]);
    assertMissing(await remove('/gone'), 'App', 'gone');
    const { body } = await client.management(`/developers/${email}`);
    assert.deepEqual(body.apps, ['older', 'kept']);
    // Sent back as it was read: the name of an app is not taken for one of the given names.
    await client.management(`/developers/${email}`, { method: 'PUT', body });
    const { knex } = client.gateway.app.foundation.database;
    const rows = () => knex('integration_developer_apps').where({ developer_email: email }).pluck('id');
    const [id] = await rows();
    assert.equal((await client.management(`/developers/${email}`, { method: 'DELETE' })).status, 200);
    assert.deepEqual([await rows(), await knex('integration_app_keys').where({ app_id: id })], [[], []]);
    await client.developer(email);
    assert.deepEqual((await client.management(`/developers/${email}`)).body.apps, []);
    assertMissing(await call('/kept'), 'App', 'kept');
    assertMissing(await client.management('/developers/none@example.com/apps'), 'Developer', 'none@example.com');
  });

  test('lists of whole apps are refused if they have too many keys', async () => {
    const { knex } = client.gateway.app.foundation.database;
    const apps = [await create('one'), await create('two'), await create('three')];
    const [key] = await knex('integration_app_keys').where({ app_id: apps[0]?.appId });
    const text = JSON.stringify(['x'.repeat(59_000)]);
    const large = { api_products: '[]', attributes: '[]', scopes: text };
    const add = (app: Body, count: number, more: object = {}) =>
      knex.batchInsert(
        'integration_app_keys',
        Array.from({ length: count }, (_, index) => {
          const id = randomUUID();
          return { ...key, id, consumer_key: id, app_id: app.appId, issued_at: 1_000_000 + index, ...more };
        }),
        100,
      );
    // The copied secrets cannot be decrypted; this caller does not see them.
    const token = await client.gateway.token({ org: client.organization, scope: 'integration:read' });
    const list = (query: string) => call(`?expand=true${query}`, { token });
    await add(apps[0] as Body, 300, large);
    await add(apps[1] as Body, 300, large);
    const keysOf = ({ body }: { body: Body }) => body.app.map(({ credentials }: Body) => credentials.length);
    assertMint(await list(''), 400, 'tooManyKeys');
    assert.deepEqual(keysOf(await list('&count=1')), [301]);
    assert.equal((await call('?shallowExpand=true')).body.app.length, 3);
    await knex('integration_app_keys').whereIn('app_id', [apps[0]?.appId, apps[1]?.appId]).update({ scopes: '[]' });
    assert.deepEqual(keysOf(await list('')), [301, 1, 301]);
    await add(apps[2] as Body, 9398);
    assertMint(await list(''), 400, 'tooManyKeys');
    await knex('integration_app_keys')
      .whereIn(
        'app_id',
        apps.map(({ appId }) => appId),
      )
      .delete();
  });

  testOnServer('a key that is added while its developer is deleted is deleted as well', async () => {
    const { appId } = await create('raced');
    const { database } = client.gateway.app.foundation;
    const stored = database.knex('integration_app_keys').where({ app_id: appId });
    let deleted: Promise<{ status: number }> | undefined;
    await database.transaction(async (trx) => {
      await trx('integration_developer_apps').where({ id: appId }).forUpdate();
      const [key] = await stored.clone();
      deleted = client.management(`/developers/${email}`, { method: 'DELETE' });
      await eventually(async () => (await countLockWaits((sql) => database.knex.raw(sql))) === 1);
      await trx('integration_app_keys').insert({ ...key, id: randomUUID(), consumer_key: 'late' });
    });
    assert.equal((await deleted)?.status, 200);
    assert.deepEqual(await stored.clone(), []);
  });
});
