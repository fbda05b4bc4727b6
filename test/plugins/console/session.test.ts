import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import { console as consolePlugin } from '../../../plugins/console/index.ts';
import { createTestGateway } from '../../../src/testing/index.ts';
import { version } from '../../../src/version.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, startAuthentication } from '../authentication/authentication-gateway.ts';
import { type ConsoleBrowser, openBrowser } from './console-browser.ts';

const second = 1000;
const day = 24 * 3600 * second;

onEveryEngine('sign-in of the console', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;
  let key: IssuedApiKey;

  before(async () => {
    const env = { TRUSTED_PROXIES: '127.0.0.1' };
    authentication = await startAuthentication({ serverUrl, env, plugins: [consolePlugin] });
    key = await authentication.createKey({ name: 'shop' });
  });
  after(() => authentication.gateway.close());

  const advance = (ms: number): void => authentication.gateway.clock.advance(ms);
  const statusOf = async (token: string): Promise<number> => (await authentication.me({ token })).status;

  /** Every browser has its own address, so that its failures do not count against the next one. */
  let address = 0;
  function browser(headers: Record<string, string> = {}): ConsoleBrowser {
    address += 1;
    return openBrowser(authentication.gateway, { 'X-Forwarded-For': `192.0.2.${address}`, ...headers });
  }

  async function signedIn(): Promise<ConsoleBrowser> {
    const one = browser();
    assert.ok((await one.signIn(key.api_key, key.secret_key)).access_token);
    return one;
  }

  async function rows(): Promise<number> {
    const { database } = authentication.gateway.app.foundation;
    return (await database.knex('authentication_refresh_tokens')).length;
  }

  test('e-mail address or API key, and secret, open a session', async () => {
    for (const name of ['joe@example.com', 'JOE@example.com', key.api_key]) {
      const one = browser();
      const answer = await one.call('POST', '', { name, secret: key.secret_key });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      const { access_token: token, expires_in: seconds, ...session } = answer.body;
      assert.ok(seconds > 3500 && seconds <= 3600);
      assert.deepEqual(session, {
        email: 'joe@example.com',
        application: 'shop',
        organizations: ['myorg'],
        default_organization: 'myorg',
        scopes: ['integration:read', 'integration:write'],
        portal: null,
      });
      assert.equal((await authentication.me({ token })).body.subject, key.api_key);
      assert.match(
        answer.headers.getSetCookie().join('\n'),
        /^hookgate_session=[\w-]{43}; Max-Age=604(?:800|7\d\d); Path=\/console\/session; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
      );
      assert.doesNotMatch(answer.text, new RegExp(String(one.cookie?.split('=')[1])));
    }
  });

  test('an organization list and all organizations are told as they are', async () => {
    const several = await authentication.createKey({ organizations: ['one', 'two'] });
    const all = await authentication.createKey({ organizations: ['*'], name: undefined });
    const { organizations, default_organization: first } = await browser().signIn(several.api_key, several.secret_key);
    assert.deepEqual([organizations, first], [['one', 'two'], 'one']);
    const session = await browser().signIn(all.api_key, all.secret_key);
    assert.deepEqual([session.organizations, session.default_organization, session.application], ['*', null, null]);
  });

  test('wrong credentials are 401 without a cookie, and limited like every sign-in', async () => {
    const one = browser();
    for (let failures = 0; failures < 20; failures += 1) {
      const answer = await one.call('POST', '', { name: key.api_key, secret: `wrong ${failures}` });
      assertError(answer, 'UNAUTHORIZED');
      assert.doesNotMatch(answer.headers.get('www-authenticate') ?? '', /basic/i);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assertError(await one.call('POST', '', { name: key.api_key.toUpperCase(), secret: 'wrong' }), 'RATE_LIMITED');
    assert.equal((await one.call('POST', '', { name: key.api_key, secret: key.secret_key })).status, 200);
    assertError(await browser().call('POST', '', { name: 'ann@example.com', secret: key.secret_key }), 'UNAUTHORIZED');
  });

  test('only small JSON bodies of the right shape are read', async () => {
    const one = browser();
    const secret = key.secret_key;
    assertInvalid(await one.call('POST', '', { name: key.api_key }), ['']);
    assertInvalid(await one.call('POST', '', {}), ['']);
    assertInvalid(await one.call('POST', '', { name: { $ne: '' }, secret }), ['name']);
    assertInvalid(await one.call('POST', '', { name: 'n'.repeat(513), secret }), ['name']);
    assertError(await one.call('POST', '', { name: 'n'.repeat(4096), secret }), 'PAYLOAD_TOO_LARGE');
    const text = { headers: { 'Content-Type': 'text/plain' } };
    assertError(await one.call('POST', '', { name: key.api_key, secret }, text), 'UNSUPPORTED_MEDIA_TYPE');
    assert.equal((await one.call('POST', '/renew', { token: 'x' })).status, 400);
  });

  test('a reload keeps the session, also after days', async () => {
    const one = await signedIn();
    const first = one.cookie;
    for (let reloads = 0; reloads < 3; reloads += 1) {
      advance(6 * day);
      const session = await one.renew();
      assert.deepEqual([session.email, session.portal], ['joe@example.com', null]);
      assert.equal(await statusOf(session.access_token), 200);
    }
    assert.notEqual(one.cookie, first);
    advance(8 * day);
    assert.equal(await one.renew(), null);
    assert.equal(one.cookie, undefined);
  });

  test('tabs that renew at the same moment all stay signed in', async () => {
    const one = await signedIn();
    const answers = await Promise.all(Array.from({ length: 8 }, () => one.call('POST', '/renew')));
    for (const { status, body } of answers)
      assert.deepEqual([status, await statusOf(body.session.access_token)], [200, 200]);
    assert.equal(answers.filter(({ headers }) => headers.getSetCookie().length > 0).length, 1);
    advance(3600 * second);
    assert.ok(await one.renew());
    advance(3600 * second);
    assert.ok(await one.renew());
  });

  test('an answer that was lost ends no session, however late the next renewal comes', async () => {
    for (const pause of [5 * second, 3600 * second]) {
      const one = await signedIn();
      assert.equal((await one.call('POST', '/renew', undefined, { isLost: true })).status, 200);
      advance(pause);
      assert.ok(await one.renew());
      advance(3600 * second);
      assert.ok(await one.renew());
      advance(3600 * second);
      assert.ok(await one.renew());
    }
  });

  test('many lost answers, and tabs that repeat one together, leave one successor', async () => {
    const one = await signedIn();
    await one.call('POST', '/renew', undefined, { isLost: true });
    advance(11 * second);
    const before = await rows();
    const answers = await Promise.all(Array.from({ length: 6 }, () => one.call('POST', '/renew')));
    assert.ok(answers.every(({ body }) => body.session));
    assert.equal(await rows(), before);
    advance(11 * second);
    assert.ok(await one.renew());
  });

  test('a copy of a token that the browser has left behind ends the session', async () => {
    const one = await signedIn();
    const thief = browser();
    thief.cookie = one.cookie;
    assert.ok(await one.renew());
    advance(11 * second);
    const { access_token: token } = await one.renew();
    assert.equal(await statusOf(token), 200);
    advance(61 * second);
    assert.equal(await thief.renew(), null);
    assert.equal(await statusOf(token), 401);
    assert.equal(await one.renew(), null);
  });

  test('a renewal by a copy of the token is undone by a renewal of the browser', async () => {
    const one = await signedIn();
    const thief = browser();
    thief.cookie = one.cookie;
    assert.ok(await thief.renew());
    advance(11 * second);
    assert.ok(await one.renew());
    assert.equal(await thief.renew(), null);
    assert.ok(await one.renew());
  });

  test('signing out ends the session in every tab, and its access tokens within a minute', async () => {
    const one = await signedIn();
    const { access_token: token } = await one.renew();
    const tab = browser();
    tab.cookie = one.cookie;
    assert.equal(await statusOf(token), 200);
    const answer = await one.call('DELETE', '');
    assert.deepEqual([answer.status, answer.text, one.cookie], [204, '', undefined]);
    assert.equal(await tab.renew(), null);
    advance(61 * second);
    assert.equal(await statusOf(token), 401);
    assert.equal((await one.call('DELETE', '')).status, 204);
  });

  test('a sign-in over another one ends the other, and a revoked key ends all', async () => {
    const one = await signedIn();
    const tab = browser();
    tab.cookie = one.cookie;
    const other = await authentication.createKey();
    await one.signIn(other.api_key, other.secret_key);
    assert.equal(await tab.renew(), null);
    assert.equal((await one.renew()).application, null);
    await authentication.revokeKey(other.api_key);
    assert.equal(await one.renew(), null);
  });

  test('without a cookie, or with a wrong one, there is no session and no error', async () => {
    const one = browser();
    assert.equal(await one.renew(), null);
    const { cookie = '' } = await signedIn();
    const wrong = ['hookgate_session=', 'hookgate_session=a b', `${cookie}x`, `__Secure-${cookie}`, 'x=y; ;;='];
    for (const sent of [...wrong, `hookgate_session=${'x'.repeat(5000)}`, `${cookie}; ${cookie}x`]) {
      one.cookie = sent;
      assert.equal(await one.renew(), null, sent);
    }
    one.cookie = `other=1; ${cookie}; ${cookie}`;
    assert.ok(await one.renew());
  });

  test('pages of other origins can use none of the routes', async () => {
    const one = await signedIn();
    const { url, port } = authentication.gateway;
    const elsewhere: Record<string, string>[] = [
      { Origin: 'https://evil.example.com', 'Sec-Fetch-Site': 'cross-site' },
      { Origin: `http://127.0.0.1:${port + 1}`, 'Sec-Fetch-Site': 'same-site' },
      { Origin: `http://evil.localhost:${port}` },
      { Origin: 'null' },
      { Origin: '' },
      { Origin: `${url}/` },
      { Origin: `${url}, ${url}` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'same-origin, cross-site' },
    ];
    const credentials = { name: key.api_key, secret: key.secret_key };
    const calls = [
      ['GET', '/methods'],
      ['POST', '', credentials],
      ['POST', '/renew'],
      ['DELETE', ''],
    ] as const;
    for (const headers of elsewhere)
      for (const [method, path, body] of calls) {
        const answer = await one.call(method, path, body, { headers });
        assertError(answer, 'ORIGIN_REFUSED', `${method} ${path} ${JSON.stringify(headers)}`);
        assert.deepEqual(answer.headers.getSetCookie(), []);
      }
    const typed = { headers: { Origin: url, 'Sec-Fetch-Site': 'none' } };
    assertError(await one.call('POST', '/renew', undefined, typed), 'ORIGIN_REFUSED');
    assert.equal((await one.call('GET', '/methods', undefined, typed)).status, 200);
    assert.ok(await one.renew());
  });

  test('the cookie is Secure wherever the gateway is not on this machine, and behind a proxy that ends TLS', async () => {
    const at = (host: string, protocol: string) => {
      const Origin = `${protocol}://${host}`;
      return browser({ 'X-Forwarded-Host': host, 'X-Forwarded-Proto': protocol, Origin });
    };
    for (const [host, protocol] of [
      ['hooks.example.com', 'https'],
      ['hooks.example.com', 'http'],
      ['192.168.1.5:8080', 'http'],
      ['localhost.example.com', 'http'],
      ['localhost:8443', 'https'],
    ] as const) {
      const one = at(host, protocol);
      const { headers } = await one.call('POST', '', { name: key.api_key, secret: key.secret_key });
      assert.match(String(headers.getSetCookie()), /^__Secure-hookgate_session=.*; HttpOnly; Secure; SameSite=Strict$/);
      assert.ok(await one.renew());
      const { headers: cleared } = await one.call('DELETE', '');
      assert.match(
        String(cleared.getSetCookie()),
        /^__Secure-hookgate_session=; Path=\/console\/session; Exp.*; Secure;/,
      );
    }
    for (const host of ['localhost:8080', 'hookgate.localhost', '[::1]:81', '127.1.2.3']) {
      const one = at(host, 'http');
      await one.signIn(key.api_key, key.secret_key);
      assert.match(String(one.cookie), /^hookgate_session=/, host);
    }
    const headers = { Origin: 'http://hooks.example.com' };
    const one = at('hooks.example.com', 'https');
    assertError(await one.call('POST', '/renew', undefined, { headers }), 'ORIGIN_REFUSED');
  });

  test('the ways to sign in are told without credentials', async () => {
    assert.deepEqual((await browser().call('GET', '/methods')).body, { oidc: false, version });
    for (const path of ['/oidc', '/oidc/callback']) assertError(await browser().call('GET', path), 'NOT_FOUND');
  });

  test('no log line has a token, a secret or a cookie', async () => {
    const one = await signedIn();
    const { access_token: token } = await one.renew();
    const secrets = [token, key.secret_key, String(one.cookie).split('=')[1] ?? ''];
    await one.call('POST', '', { name: key.api_key, secret: `${key.secret_key}x` });
    await one.call('POST', '/renew', undefined, { headers: { Origin: 'http://evil.example.com' } });
    await one.call('DELETE', '');
    const { gateway } = authentication;
    await gateway.app.foundation.log.flush();
    const log = gateway.log.join('\n');
    assert.match(log, /"target":"console","route":"\/console\/session\/renew"/);
    for (const text of secrets) assert.ok(text.length > 40 && !log.includes(text));
  });
});

test('without a plugin that provides sessions, the calls say so', async () => {
  const gateway = await createTestGateway({ plugins: [consolePlugin] });
  try {
    const one = openBrowser(gateway);
    const answer = await one.call('POST', '', { name: 'joe', secret: 'secret' });
    assertError(answer, 'NOT_FOUND');
    assert.match(answer.body.error.message, /plugin authentication/);
  } finally {
    await gateway.close();
  }
});
