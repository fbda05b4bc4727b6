import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, startAuthentication } from './authentication-gateway.ts';

onEveryEngine('Basic credentials', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;

  before(async () => {
    authentication = await startAuthentication({ serverUrl });
  });
  after(() => authentication.gateway.close());

  test('an API key and its e-mail address as username give the same principal as a token', async () => {
    const key = await authentication.createKey({ email: 'ann@example.com' });
    const { access_token: token } = (await authentication.signIn(key)).body;
    // Credentials of Basic authentication do not expire.
    const { expiresAt: _, ...expected } = (await authentication.me({ token })).body;
    for (const username of [key.api_key, 'ann@example.com', 'ANN@Example.com']) {
      const answer = await authentication.basic(username, key.secret_key);
      assert.equal(answer.status, 200, username);
      assert.deepEqual(answer.body, expected);
    }
  });

  test("a key's name is the principal's application, by Basic as by token", async () => {
    const key = await authentication.createKey({ name: 'Weather app' });
    const { access_token: token } = (await authentication.signIn(key)).body;
    assert.equal(JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).client_id, 'Weather app');
    assert.equal((await authentication.me({ token })).body.application, 'Weather app');
    assert.equal((await authentication.basic(key.api_key, key.secret_key)).body.application, 'Weather app');
  });

  test('an e-mail address with several keys signs in as the key of the secret', async () => {
    const read = await authentication.createKey({ email: 'bob@example.com', scope: 'integration:read' });
    const write = await authentication.createKey({ email: 'Bob@example.com', scope: 'integration:write' });
    assert.equal((await authentication.basic('bob@example.com', read.secret_key)).body.subject, read.api_key);
    assert.equal((await authentication.basic('bob@example.com', write.secret_key)).body.subject, write.api_key);
    assert.equal((await authentication.basic(read.api_key, write.secret_key)).status, 401);
  });

  test('wrong addresses, keys in capitals, wrong secrets and malformed or missing credentials are refused', async () => {
    const key = await authentication.createKey({ email: 'cid@example.com' });
    await authentication.createKey({ email: 'dan@example.com' });
    const attempts = [
      await authentication.basic('dan@example.com', key.secret_key),
      await authentication.basic(key.api_key.toUpperCase(), key.secret_key),
      await authentication.basic('cid@example.com', key.secret_key.toLowerCase()),
      await authentication.basic('', key.secret_key),
      await authentication.me({ headers: { Authorization: 'Basic' } }),
      await authentication.me({ headers: { Authorization: `Basic ${Buffer.from([0xff, 0x3a]).toString('base64')}` } }),
      await authentication.me({ headers: { Authorization: 'Digest abc' } }),
      await authentication.me({}),
    ];
    for (const { status, body, headers } of attempts) {
      assert.equal(status, 401);
      assert.equal(body.error.code, 'UNAUTHORIZED');
      assert.equal(headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    }
  });

  test('revoking a key ends Basic and refresh at once, and access tokens within a minute', async () => {
    const key = await authentication.createKey();
    const bystander = await authentication.createKey();
    const { access_token: token, refresh_token } = (await authentication.signIn(key)).body;
    assert.equal((await authentication.me({ token })).status, 200);
    assert.equal((await authentication.basic(key.api_key, key.secret_key)).status, 200);

    assert.equal(await authentication.revokeKey(key.api_key), true);
    assert.equal(await authentication.revokeKey(key.api_key), false);
    assert.equal((await authentication.basic(key.api_key, key.secret_key)).status, 401);
    assert.equal((await authentication.refresh(refresh_token)).status, 401);
    assert.equal((await authentication.signIn(key)).status, 401);
    authentication.gateway.clock.advance(60_000);
    assert.equal((await authentication.me({ token })).status, 401);
    assert.equal((await authentication.basic(bystander.api_key, bystander.secret_key)).status, 200);
  });
});
