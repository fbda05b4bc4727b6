import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDistributorRepository } from '../../../plugins/integration/distributors/distributor-repository.ts';
import { assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { basic, type DistributorClient, meta, startDistributors } from './distributor-client.ts';

const mask = '********';
const token = { type: 2, token: 'first-token' };
const masked = { ...basic, password: mask };
const passwordField = ['meta.authentication.password'];
const tokenField = ['meta.authentication.token'];

onEveryEngine('masked secrets', ({ serverUrl }) => {
  let client: DistributorClient;
  before(async () => {
    client = await startDistributors({ serverUrl });
  });
  after(() => client.close());

  /** The credentials as stored; no answer shows them. */
  async function stored(id: string) {
    const { database, encryption } = client.gateway.app.foundation;
    return database.read(async (db) => {
      const found = await createDistributorRepository(db, encryption).find('test-org', id);
      return found?.meta?.authentication;
    });
  }
  const made = async (authentication: object, host = meta.host): Promise<string> =>
    (await client.create({ ...meta, host, authentication })).body.id;

  test('an answer can be sent back unchanged and keeps the secret', async () => {
    for (const authentication of [basic, token]) {
      const id = await made(authentication);
      const read = (await client.read(id)).body.meta;
      const answer = await client.update(id, { meta: read });
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.body.meta, read);
      assert.deepEqual(await stored(id), authentication);
    }
  });

  test('path, method and user name may change beside the mask', async () => {
    const id = await made(basic);
    const changed = { host: meta.host, path: '/new', method: 'PUT', authentication: { ...masked, username: 'other' } };
    const answer = await client.update(id, { meta: changed });
    assert.deepEqual(answer.body.meta, changed);
    assert.deepEqual(await stored(id), { ...basic, username: 'other' });
  });

  test('a different spelling of the same origin keeps the secret', async () => {
    const id = await made(basic);
    for (const host of [
      'https://EXAMPLE.com',
      'https://example.com:443',
      'HTTPS://example.com/',
      'https://example.com',
    ]) {
      assert.equal((await client.update(id, { meta: { ...meta, host, authentication: masked } })).status, 200, host);
      assert.deepEqual(await stored(id), basic);
    }
  });

  test('a stored secret does not go to another origin', async () => {
    for (const [authentication, hidden, field] of [
      [basic, masked, passwordField],
      [token, { type: 2, token: mask }, tokenField],
    ] as const) {
      const id = await made(authentication);
      for (const host of [
        'https://evil.com',
        'http://example.com',
        'https://example.com:444',
        'https://www.example.com',
        'https://example.com.',
        'http://example.com:443',
      ])
        assertInvalid(await client.update(id, { meta: { ...meta, host, authentication: hidden } }), field, host);
      assert.deepEqual(await stored(id), authentication);
      assert.equal((await client.read(id)).body.meta.host, meta.host);
      const moved = await client.update(id, { meta: { ...meta, host: 'https://new.com', authentication } });
      assert.equal(moved.status, 200);
    }
  });

  test('a stored secret does not go to another origin over two calls', async () => {
    const id = await made(basic);
    await client.update(id, { meta: { ...meta, host: 'https://evil.com', authentication: undefined } });
    assertInvalid(
      await client.update(id, { meta: { ...meta, host: 'https://evil.com', authentication: masked } }),
      passwordField,
    );
    assert.equal(await stored(id), undefined);
    const removed = await made(basic);
    await client.update(removed, { meta: null });
    assertInvalid(await client.update(removed, { meta: { ...meta, authentication: masked } }), passwordField);
  });

  test('a mask without a stored secret of its type is refused', async () => {
    assertInvalid(await client.create({ ...meta, authentication: masked }), passwordField);
    assertInvalid(await client.create({ ...meta, authentication: { type: 2, token: mask } }), tokenField);
    const withToken = await made(token);
    assertInvalid(await client.update(withToken, { meta: { ...meta, authentication: masked } }), passwordField);
    const withPassword = await made(basic);
    const hidden = { ...meta, authentication: { type: 2, token: mask } };
    assertInvalid(await client.update(withPassword, { meta: hidden }), tokenField);
    const without = (await client.create()).body.id;
    assertInvalid(await client.update(without, { meta: { ...meta, authentication: masked } }), passwordField);
    assert.deepEqual([await stored(withToken), await stored(withPassword)], [token, basic]);
  });

  test('a new secret replaces the old one, and answers echo only credentials that were sent', async () => {
    const id = await made(basic);
    const changed = await client.update(id, { meta: { ...meta, authentication: { ...basic, password: 'second' } } });
    assert.equal(changed.body.meta.authentication.password, 'second');
    assert.equal((await client.update(id, {})).body.meta.authentication.password, mask);
    assert.deepEqual(await stored(id), { ...basic, password: 'second' });
  });
});
