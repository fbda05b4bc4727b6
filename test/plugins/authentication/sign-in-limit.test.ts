import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import type { TestAnswer, TestRequest } from '../../../src/testing/index.ts';
import { webSocketKey } from '../../support/raw-upgrade.ts';
import { type AuthenticationGateway, basicHeader, startAuthentication } from './authentication-gateway.ts';

const failuresAllowed = 20;

async function fail(attempt: (failures: number) => Promise<TestAnswer>): Promise<void> {
  for (let failures = 0; failures < failuresAllowed; failures += 1)
    assert.equal((await attempt(failures)).status, 401, `failure ${failures}`);
}

function assertLimited({ status, body, headers }: TestAnswer): void {
  assert.equal(status, 429);
  assert.equal(body.error.code, 'RATE_LIMITED');
  const seconds = Number(headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60, `Retry-After: ${seconds}`);
}

/** A request that a trusted proxy passes on for a client. */
const from = (forwarded: string): TestRequest => ({ headers: { 'X-Forwarded-For': forwarded } });

describe('failed sign-ins', () => {
  let authentication: AuthenticationGateway;
  let key: IssuedApiKey;
  let wrong: IssuedApiKey;
  let networks = 0;

  before(async () => {
    const targets = {
      chat: { upstreams: ['http://127.0.0.1:1'], prefixes: ['/ws'], websocket: { enabled: true } },
    };
    authentication = await startAuthentication({ env: { TRUSTED_PROXIES: '127.0.0.0/8' }, targets });
    key = await authentication.createKey();
    wrong = { ...key, secret_key: 'wrong' };
  });
  after(() => authentication.gateway.close());

  /** A client of a network that no other test uses. */
  const client = (): TestRequest => {
    networks += 1;
    return from(`192.0.2.${networks}`);
  };

  test('of every kind count together for one user name, and right credentials pass all the same', async () => {
    const { signIn, refresh, basic, me } = authentication;
    const here = client();
    const { access_token: token, refresh_token } = (await signIn(key, here)).body;
    await fail((failures) => (failures % 2 ? signIn(wrong, here) : basic(key.api_key, 'wrong', here)));
    assertLimited(await signIn(wrong, here));
    assertLimited(await basic(key.api_key, 'wrong', here));
    assert.equal((await basic(key.api_key, key.secret_key, here)).status, 200);
    assert.equal((await signIn(key, here)).status, 200);
    assert.equal((await refresh(refresh_token, here)).status, 200);
    assert.equal((await me({ token })).status, 200);
  });

  test('of refresh tokens are limited, and a right token passes all the same', async () => {
    const { signIn, refresh } = authentication;
    const here = client();
    const { refresh_token } = (await signIn(key, here)).body;
    await fail((failures) => refresh(`wrong ${failures}`, here));
    assertLimited(await refresh('wrong', here));
    assert.equal((await refresh(refresh_token, here)).status, 200);
    assertLimited(await refresh('wrong', here));
  });

  test('of upgrades count too, and right credentials pass all the same', async () => {
    const { port } = authentication.gateway;
    const upgrade = (password: string, headers: TestRequest['headers']) =>
      new Promise<number | undefined>((resolve, reject) => {
        const Authorization = basicHeader(key.api_key, password);
        const version = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': webSocketKey };
        const sent = { Connection: 'Upgrade', Upgrade: 'websocket', ...version, ...headers, Authorization };
        httpRequest({ port, host: '127.0.0.1', path: '/ws/room', headers: sent })
          .on('response', (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
    const { headers } = client();
    for (let failures = 0; failures < failuresAllowed; failures += 1) assert.equal(await upgrade('no', headers), 401);
    assert.equal(await upgrade('no', headers), 429);
    // The target has no backend: its callers have been authenticated before.
    assert.equal(await upgrade(key.secret_key, headers), 502);
  });

  test('count for one user name in one network, until a minute is over', async () => {
    const { signIn, basic, gateway } = authentication;
    const here = client();
    await fail(() => signIn(wrong, here));
    assertLimited(await signIn(wrong, here));
    assertLimited(await signIn({ ...wrong, api_key: key.api_key.toUpperCase() }, here));
    assert.equal((await basic('another@example.com', 'wrong', here)).status, 401);
    assert.equal((await signIn(wrong, client())).status, 401);
    gateway.clock.advance(60_000);
    assert.equal((await signIn(wrong, here)).status, 401);
  });

  test('that are concurrent get no more attempts than sequential ones', async () => {
    const { signIn, basic } = authentication;
    const here = client();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        index % 2 === 0 ? basic(key.api_key, 'wrong', here) : signIn(wrong, here),
      ),
    );
    const isRefused = ({ status }: TestAnswer): boolean => status === 401;
    assert.equal(answers.filter(isRefused).length, failuresAllowed);
    for (const answer of answers) if (!isRefused(answer)) assertLimited(answer);
  });

  test('successes and malformed bodies are no failures', async () => {
    const { signIn, gateway } = authentication;
    const here = client();
    const path = '/api/v1/integration/auth/authenticate';
    for (let call = 0; call <= failuresAllowed; call += 1) {
      assert.equal((await signIn(key, here)).status, 200);
      const malformed = { ...here, target: 'authentication', body: { api_key: 1 } };
      assert.equal((await gateway.request(path, malformed)).status, 400);
    }
    assert.equal((await signIn(wrong, here)).status, 401);
  });

  test('count for the client that the proxy names, in every spelling of its address', async () => {
    const { signIn } = authentication;
    const spellings = [
      '203.0.113.9',
      '203.0.113.9:5678',
      '[203.0.113.9]:5678',
      '"203.0.113.9:_hidden"',
      '::ffff:203.0.113.9',
      '[::FFFF:cb00:7109]:80',
      // Addresses that the client wrote itself stand to the left of the proxy's entry and are not trusted.
      '198.51.100.1, 203.0.113.9 ',
      '198.51.100.2:80,203.0.113.9:80',
      '203.0.113.9:80, 127.0.0.1:4000',
      'unknown, 203.0.113.9, [::ffff:127.0.0.1]:4000',
    ];
    await fail((failures) => signIn(wrong, from(spellings[failures % spellings.length] as string)));
    for (const spelling of spellings) assertLimited(await signIn(wrong, from(spelling)));
    assert.equal((await signIn(wrong, from('198.51.100.1'))).status, 401);
  });

  test('count for an IPv6 network of a customer, in every spelling of its addresses', async () => {
    const { signIn } = authentication;
    const spellings = (host: string): string[] => [
      `2001:db8:0:1::${host}`,
      `[2001:DB8:0:1::${host}]:443`,
      `2001:0db8:0000:0001:0:0:0:${host}`,
      `2001:db8:0:1::${host}%eth0`,
      `[2001:db8:0:1::${host}%25eth0]:80`,
    ];
    await fail((failures) => signIn(wrong, from(spellings(String(failures))[failures % 5] as string)));
    for (const spelling of spellings('ffff')) assertLimited(await signIn(wrong, from(spelling)));
    assert.equal((await signIn(wrong, from('2001:db8:0:2::1'))).status, 401);
  });
});

test('X-Forwarded-For of an untrusted peer is ignored, and the log says so once', async () => {
  const { createKey, signIn, gateway } = await startAuthentication({ env: { TRUSTED_PROXIES: '203.0.113.0/24' } });
  try {
    const wrong = { ...(await createKey()), secret_key: 'wrong' };
    await fail((failures) => signIn(wrong, from(`192.0.2.${failures}`)));
    assertLimited(await signIn(wrong, from('192.0.2.99')));
    await gateway.app.foundation.log.flush();
    const warnings = gateway.log.filter((line) => line.includes('X-Forwarded-For'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /"level":"warn".*TRUSTED_PROXIES.*|.*TRUSTED_PROXIES.*"level":"warn"/);
    assert.match(warnings[0] ?? '', /"peer":"127\.0\.0\.1"/);
  } finally {
    await gateway.close();
  }
});
