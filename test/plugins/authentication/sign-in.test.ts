import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, partOf, startAuthentication } from './authentication-gateway.ts';

const authenticatePath = '/api/v1/integration/auth/authenticate';

/** The parts of a refusal that a caller can compare. */
const refusal = ({ status, headers, body }: TestAnswer) => ({
  status,
  challenge: headers.get('www-authenticate'),
  error: { ...body.error, request_id: undefined },
});

onEveryEngine('sign-in', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;

  before(async () => {
    authentication = await startAuthentication({ serverUrl, env: { TIME_ZONE: 'Europe/Istanbul' } });
  });
  after(() => authentication.gateway.close());

  test('an API key in the body gets a pair of tokens that the targets accept', async () => {
    const key = await authentication.createKey({ email: 'Joe@Example.COM', organizations: ['myorg', 'other'] });
    const answer = await authentication.signIn(key);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(answer.body), [
      'access_token',
      'refresh_token',
      'token_type',
      'expires_in',
      'expires_at',
    ]);
    assert.equal(answer.body.token_type, 'Bearer');
    assert.equal(answer.body.expires_in, 3600);
    assert.match(answer.body.expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000\+03:00$/);
    const claims = partOf(answer.body.access_token, 1);
    assert.equal(Date.parse(answer.body.expires_at), Number(claims.exp) * 1000);

    const { status, body } = await authentication.me({ token: answer.body.access_token });
    assert.equal(status, 200);
    assert.deepEqual(body, {
      issuer: 'hookgate',
      subject: key.api_key,
      email: 'joe@example.com',
      organizations: ['myorg', 'other'],
      defaultOrganization: 'myorg',
      scopes: ['integration:read', 'integration:write'],
      expiresAt: claims.exp,
    });
  });

  test('the headers Api-Key and Api-Secret are accepted, with an empty body and without a body', async () => {
    const { api_key, secret_key } = await authentication.createKey();
    const headers = { 'Api-Key': api_key, 'Api-Secret': secret_key };
    for (const body of [undefined, {}]) {
      const request = { method: 'POST', target: 'authentication', headers, body };
      const answer = await authentication.gateway.request(authenticatePath, request);
      assert.equal(answer.status, 200, answer.text);
      assert.equal((await authentication.me({ token: answer.body.access_token })).body.subject, api_key);
    }
  });

  test('an unknown key, a wrong secret, the e-mail address and a missing key get the same answer', async () => {
    const key = await authentication.createKey();
    const other = await authentication.createKey();
    const wrong = await authentication.signIn({ ...key, secret_key: 'x'.repeat(43) });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.body.error.code, 'UNAUTHORIZED');
    const others = [
      await authentication.signIn({ ...key, api_key: 'hk_unknown' }),
      await authentication.signIn({ ...key, secret_key: other.secret_key }),
      await authentication.signIn({ ...key, api_key: 'joe@example.com' }),
      await authentication.gateway.request(authenticatePath, { target: 'authentication', body: {} }),
    ];
    for (const answer of others) assert.deepEqual(refusal(answer), refusal(wrong));
  });

  test('a missing half of the pair, an unknown field and a wrong type are reported by field', async () => {
    const cases = [
      [{ api_key: 'hk_1' }, ''],
      [{ api_key: 'hk_1', secret_key: 'a', extra: 1 }, 'extra'],
      [{ api_key: 1, secret_key: 'a' }, 'api_key'],
    ] as const;
    for (const [body, path] of cases) {
      const answer = await authentication.gateway.request(authenticatePath, { target: 'authentication', body });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.code, 'VALIDATION_ERROR');
      assert.equal(answer.body.error.details.fields[0].path, path);
    }
  });

  test('a key for all organizations has them in its token', async () => {
    const key = await authentication.createKey({ organizations: ['*'] });
    const { body } = await authentication.signIn(key);
    assert.equal((await authentication.me({ token: body.access_token })).body.organizations, '*');
  });

  test('keys and secrets are neither in the database nor in the log in clear text', async () => {
    const key = await authentication.createKey();
    const { body } = await authentication.signIn(key);
    await authentication.signIn({ ...key, secret_key: 'a-wrong-secret' });
    const { gateway } = authentication;
    const stored = JSON.stringify(await allRows(authentication));
    await gateway.app.foundation.log.flush();
    const logged = gateway.log.join('\n');
    assert.ok(stored.includes(key.api_key), 'the dump holds the keys');
    assert.ok(logged.includes(authenticatePath), 'the log holds the calls');
    for (const secret of [key.secret_key, body.refresh_token, body.access_token, 'PRIVATE KEY', 'a-wrong-secret']) {
      assert.ok(!stored.includes(secret), 'in the database');
      assert.ok(!logged.includes(secret), 'in the log');
    }
  });
});

async function allRows({ gateway }: AuthenticationGateway): Promise<unknown[]> {
  const { knex, engine } = gateway.app.foundation.database;
  const names: { name: string }[] =
    engine === 'sqlite'
      ? await knex('sqlite_master').where({ type: 'table' }).select('name')
      : await knex('information_schema.tables').whereRaw('table_schema = database()').select({ name: 'table_name' });
  return Promise.all(names.map(({ name }) => knex(name).select()));
}
