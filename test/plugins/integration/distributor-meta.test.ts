import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { basic, type DistributorClient, meta, startDistributors } from './distributor-client.ts';

const token = { type: 2, token: 'abc.DEF-123' };

const good: readonly [note: string, change: object][] = [
  ['no authentication', { authentication: undefined }],
  ['a token', { authentication: token }],
  ['plain http', { host: 'http://example.com' }],
  ['a port', { host: 'https://example.com:8443' }],
  ['a slash for a path', { host: 'https://example.com/' }],
  ['capitals', { host: 'HTTPS://Example.COM' }],
  ['an address', { host: 'http://127.0.0.1:9000' }],
  ['an IPv6 address', { host: 'http://[::1]:9000' }],
  ['a name without dots', { host: 'http://localhost' }],
  ['the shortest path', { path: '/' }],
  ['a query', { path: '/a/b?c=d&e=%20' }],
  ['letters beyond ASCII', { path: '/ü/😀' }],
  ['a long path', { path: `/${'a'.repeat(2000)}` }],
  ['a user name beyond ASCII', { authentication: { ...basic, username: 'jürgen 😀' } }],
  ['a password of many kinds', { authentication: { ...basic, password: 'pä:ss wörd 😀 "\\\'; --' } }],
  ['a long password', { authentication: { ...basic, password: 'p'.repeat(4096) } }],
  ['a long token', { authentication: { type: 2, token: 't'.repeat(4096) } }],
  ['a password that is nearly the mask', { authentication: { ...basic, password: '*********' } }],
];

onEveryEngine('accepted values of meta', ({ serverUrl }) => {
  let client: DistributorClient;
  before(async () => {
    // On SQLite, callbacks to this machine are allowed without the setting.
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128' };
    client = await startDistributors({ serverUrl, env });
  });
  after(() => client.close());

  test('meta comes back as sent, and from the database with its secret masked', async () => {
    for (const [note, change] of good) {
      const sent: Record<string, unknown> = JSON.parse(JSON.stringify({ ...meta, ...change }));
      const answer = await client.create(sent);
      assert.equal(answer.status, 201, `${note}: ${answer.text}`);
      assert.deepEqual(answer.body.meta, { ...sent, method: 'GET' }, note);
      const secrets = sent.authentication as { password?: string } | undefined;
      const masked = secrets && { ...secrets, [secrets.password === undefined ? 'token' : 'password']: '********' };
      const read = (await client.read(answer.body.id)).body.meta;
      assert.deepEqual(read, { ...sent, method: 'GET', ...(masked ? { authentication: masked } : {}) }, note);
    }
  });

  test('an authentication without type has the type of its fields, in every answer', async () => {
    const { type: _type, ...credentials } = basic;
    for (const [type, authentication, masked] of [
      [1, credentials, { username: 'user', password: '********' }],
      [2, { token: 'abc' }, { token: '********' }],
    ] as const) {
      const created = await client.create({ ...meta, authentication });
      assert.equal(created.status, 201, created.text);
      assert.deepEqual(created.body.meta.authentication, { type, ...authentication });
      assert.equal(Object.keys(created.body.meta.authentication)[0], 'type');
      const kept = await client.update(created.body.id, { meta: { ...meta, authentication: masked } });
      assert.deepEqual(kept.body.meta.authentication, { type, ...masked });
      assert.deepEqual((await client.read(created.body.id)).body.meta.authentication, { type, ...masked });
    }
  });

  test('methods are accepted as numbers and as names, and answered as names', async () => {
    const names = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    for (const [index, name] of names.entries()) {
      for (const method of [index + 1, name]) {
        const created = (await client.create({ ...meta, method })).body;
        assert.equal(created.meta.method, name);
        assert.equal((await client.read(created.id)).body.meta.method, name);
      }
    }
    const byDefault = await client.create({ ...meta, method: undefined });
    assert.equal(byDefault.body.meta.method, 'POST');
  });

  test('secrets are encrypted, apart from the other columns', async () => {
    const secret = 'pl41n-p4ssword';
    await client.create({ ...meta, authentication: { ...basic, username: 'pl41n-user', password: secret } });
    await client.create({ ...meta, authentication: { type: 2, token: 'pl41n-t0ken' } });
    const { database } = client.gateway.app.foundation;
    const rows = await database.read((db) => db('integration_distributors').select());
    assert.ok(rows.length >= 2);
    assert.doesNotMatch(JSON.stringify(rows), /pl41n/);
  });
});
