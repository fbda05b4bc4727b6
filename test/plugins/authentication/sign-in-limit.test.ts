import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestAnswer } from '../../../src/testing/index.ts';
import { type AuthenticationGateway, startAuthentication } from './authentication-gateway.ts';

const failuresAllowed = 20;

async function withAuthentication(
  env: Record<string, string>,
  work: (authentication: AuthenticationGateway) => Promise<void>,
): Promise<void> {
  const authentication = await startAuthentication({ env });
  try {
    await work(authentication);
  } finally {
    await authentication.gateway.close();
  }
}

async function fail(attempt: (failures: number) => Promise<TestAnswer>): Promise<void> {
  for (let failures = 0; failures < failuresAllowed; failures += 1) {
    assert.equal((await attempt(failures)).status, 401);
  }
}

function assertLimited({ status, body, headers }: TestAnswer): void {
  assert.equal(status, 429);
  assert.equal(body.error.code, 'RATE_LIMITED');
  const seconds = Number(headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60, `Retry-After: ${seconds}`);
}

describe('failed sign-ins', () => {
  test('failures of every kind count together, and then even the right secret is refused while tokens go on working', () =>
    withAuthentication({}, async ({ createKey, signIn, refresh, basic, me }) => {
      const key = await createKey();
      const { access_token: token, refresh_token } = (await signIn(key)).body;
      const attempts = [
        () => signIn({ ...key, secret_key: 'wrong' }),
        () => refresh('wrong'),
        () => basic(key.api_key, 'wrong'),
      ];
      await fail((failures) => (attempts[failures % attempts.length] as () => Promise<TestAnswer>)());
      assertLimited(await signIn(key));
      assertLimited(await refresh(refresh_token));
      assertLimited(await basic(key.api_key, key.secret_key));
      assert.equal((await me({ token })).status, 200);
    }));

  test('concurrent failures are allowed no more attempts than sequential ones', () =>
    withAuthentication({}, async ({ createKey, signIn, basic }) => {
      const key = await createKey();
      const good = await Promise.all(Array.from({ length: 60 }, () => basic(key.api_key, key.secret_key)));
      assert.ok(good.every(({ status }) => status === 200));
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          index % 2 === 0 ? basic(key.api_key, 'wrong') : signIn({ ...key, secret_key: 'wrong' }),
        ),
      );
      assert.equal(answers.filter(({ status }) => status === 401).length, failuresAllowed);
      for (const answer of answers.filter(({ status }) => status !== 401)) assertLimited(answer);
    }));

  test('successes and malformed bodies do not count', () =>
    withAuthentication({}, async ({ createKey, signIn, gateway }) => {
      const key = await createKey();
      for (let call = 0; call <= failuresAllowed; call += 1) {
        assert.equal((await signIn(key)).status, 200);
        const path = '/api/v1/integration/auth/authenticate';
        assert.equal((await gateway.request(path, { target: 'authentication', body: { api_key: 1 } })).status, 400);
      }
    }));

  test('failures behind a trusted proxy count only for the client that the proxy names', () =>
    withAuthentication({ TRUSTED_PROXIES: '127.0.0.0/8' }, async ({ createKey, signIn }) => {
      const key = await createKey();
      const from = (forwarded: string) => ({ headers: { 'X-Forwarded-For': forwarded } });
      const wrong = { ...key, secret_key: 'wrong' };
      // Addresses that the client wrote itself stand to the left of the proxy's entry and are not trusted.
      await fail((failures) => signIn(wrong, from(`198.51.100.${failures}, 203.0.113.9`)));
      assertLimited(await signIn(key, from('203.0.113.9')));
      assert.equal((await signIn(key, from('203.0.113.10'))).status, 200);
      assert.equal((await signIn(key, from('198.51.100.1'))).status, 200);
    }));

  test('X-Forwarded-For of an untrusted peer is ignored', () =>
    withAuthentication({ TRUSTED_PROXIES: '203.0.113.0/24' }, async ({ createKey, signIn }) => {
      const key = await createKey();
      const from = (host: number) => ({ headers: { 'X-Forwarded-For': `192.0.2.${host}` } });
      await fail((failures) => signIn({ ...key, secret_key: 'wrong' }, from(failures)));
      assertLimited(await signIn(key, from(failuresAllowed)));
    }));

  test('failures from one IPv6 network of a customer count together', () =>
    withAuthentication({ TRUSTED_PROXIES: '127.0.0.1' }, async ({ createKey, signIn }) => {
      const key = await createKey();
      const from = (client: string) => ({ headers: { 'X-Forwarded-For': client } });
      await fail((failures) => signIn({ ...key, secret_key: 'wrong' }, from(`2001:db8:0:1::${failures}`)));
      assertLimited(await signIn(key, from('2001:db8:0:1:ffff:ffff:ffff:ffff')));
      assert.equal((await signIn(key, from('2001:db8:0:2::1'))).status, 200);
    }));
});
