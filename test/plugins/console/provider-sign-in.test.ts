import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { console as consolePlugin } from '../../../plugins/console/index.ts';
import { readConsoleSettings } from '../../../plugins/console/settings.ts';
import type { Environment } from '../../../src/plugin.ts';
import type { ParsedJson, TestAnswer } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import {
  type IdentityProvider,
  type PublicClient,
  person,
  startIdentityProvider,
} from '../../support/identity-provider.ts';
import { type AuthenticationGateway, partOf, startAuthentication } from '../authentication/authentication-gateway.ts';

const origin = 'https://hooks.example.com';
const client: PublicClient = { id: 'web-console', redirectUri: `${origin}/console/session/oidc/callback` };
const minute = 60_000;

type Headers = Record<string, string>;

/** Stores the cookies of a response: name and value by name. */
function keep(jar: Map<string, string>, { headers }: Pick<Response, 'headers'>): void {
  for (const cookie of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }
}

const cookiesOf = (jar: ReadonlyMap<string, string>): Headers =>
  jar.size === 0 ? {} : { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };

/** A browser at the gateway, which a proxy serves under a public name. */
class Browser {
  readonly jar = new Map<string, string>();
  readonly #authentication: AuthenticationGateway;

  constructor(authentication: AuthenticationGateway) {
    this.#authentication = authentication;
  }

  async call(method: string, path: string, headers: Headers = {}): Promise<TestAnswer> {
    const proxy = { 'X-Forwarded-Host': 'hooks.example.com', 'X-Forwarded-Proto': 'https' };
    const sent = { ...proxy, 'Sec-Fetch-Site': 'same-origin', ...cookiesOf(this.jar), ...headers };
    const answer = await this.#authentication.gateway.request(`/console/session${path}`, { method, headers: sent });
    keep(this.jar, answer);
    return answer;
  }

  /** Signs in at the provider and returns the address that it sends the browser back to, as a path of the session. */
  async atProvider(start: TestAnswer): Promise<string> {
    const jar = new Map<string, string>();
    let address = new URL(String(start.headers.get('location')));
    for (let redirects = 0; address.origin !== origin; redirects += 1) {
      assert.ok(redirects < 5, address.pathname);
      const answer = await fetch(address, { redirect: 'manual', headers: cookiesOf(jar) });
      keep(jar, answer);
      const location = answer.headers.get('location');
      assert.ok(location, `${answer.status} ${await answer.text()}`);
      address = new URL(location, address);
    }
    return address.href.slice(`${origin}/console/session`.length);
  }

  callback = (path: string): Promise<TestAnswer> => this.call('GET', path, { 'Sec-Fetch-Site': 'cross-site' });

  async signIn(): Promise<TestAnswer> {
    return this.callback(await this.atProvider(await this.call('GET', '/oidc')));
  }

  renew = async (): Promise<ParsedJson> => (await this.call('POST', '/renew')).body.session;

  get session(): string {
    return this.jar.get('__Secure-hookgate_session') ?? '';
  }
}

describe('sign-in at an outside identity provider', () => {
  let provider: IdentityProvider;
  let authentication: AuthenticationGateway;

  const startGateway = ({ issuer, audience, keySetUri }: IdentityProvider, env: Environment = {}) =>
    startAuthentication({
      plugins: [consolePlugin],
      env: {
        TRUSTED_PROXIES: '127.0.0.1',
        JWT_ISSUER: issuer,
        JWT_AUDIENCE: audience,
        JWT_JWKS_URI: keySetUri,
        CONSOLE_OIDC_CLIENT_ID: client.id,
        CONSOLE_OIDC_SCOPE: 'openid email offline_access integration:read',
        CONSOLE_OIDC_PARAMETERS: 'ui_locales=tr%20en',
        ...env,
      },
    });

  before(async () => {
    provider = await startIdentityProvider(client);
    // Access tokens have claims of the person too.
    await provider.token({ claims: { org: person.org, email: person.email } });
    authentication = await startGateway(provider);
  });
  afterEach(() => provider.fail('up'));
  after(async () => {
    await authentication.gateway.close();
    await provider.close();
  });

  const requestsTo = (path: string): number => provider.requests.filter((each) => each === path).length;
  const advance = (ms: number): void => authentication.gateway.clock.advance(ms);

  function assertFailed(answer: TestAnswer, note = ''): void {
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/console/?sign_in=failed'], note);
    assert.doesNotMatch(String(answer.headers.getSetCookie()), /hookgate_session=/, note);
  }

  async function signedIn(): Promise<Browser> {
    const browser = new Browser(authentication);
    assert.equal((await browser.signIn()).headers.get('location'), '/console/');
    return browser;
  }

  test('the person signs in there, and the console gets a session with the token of the provider', async () => {
    const browser = new Browser(authentication);
    assert.equal((await browser.call('GET', '/methods')).body.oidc, true);
    const start = await browser.call('GET', '/oidc');
    assert.equal(start.status, 302);
    const { searchParams, origin: at } = new URL(String(start.headers.get('location')));
    assert.equal(at, provider.issuer);
    const { state, nonce, code_challenge: challenge, ...sent } = Object.fromEntries(searchParams);
    assert.deepEqual(sent, {
      ui_locales: 'tr en',
      client_id: client.id,
      redirect_uri: client.redirectUri,
      response_type: 'code',
      scope: 'openid email offline_access integration:read',
      code_challenge_method: 'S256',
    });
    for (const secret of [state, nonce, challenge]) assert.match(String(secret), /^[\w-]{43}$/);
    assert.match(
      String(start.headers.getSetCookie()),
      /^__Secure-hookgate_sign_in=[\w.-]+; Max-Age=600; Path=\/console\/session\/oidc; .*; HttpOnly; Secure; SameSite=Lax$/,
    );
    const back = await browser.callback(await browser.atProvider(start));
    assert.deepEqual([back.status, back.headers.get('location')], [302, '/console/']);
    assert.match(
      String(back.headers.getSetCookie()),
      /__Secure-hookgate_session=oidc\.[\w.-]+; Max-Age=6\d{5}; Path=\/console\/session; .*; HttpOnly; Secure; SameSite=Strict$/,
    );
    assert.deepEqual([...browser.jar.keys()], ['__Secure-hookgate_session']);
    const { access_token: token, expires_in: seconds, ...session } = await browser.renew();
    assert.ok(seconds > 3000);
    assert.deepEqual(session, {
      email: person.email,
      application: client.id,
      organizations: [person.org],
      default_organization: person.org,
      scopes: ['integration:read'],
      portal: null,
    });
    assert.deepEqual([partOf(token, 1).iss, partOf(token, 1).aud], [provider.issuer, provider.audience]);
    assert.equal((await authentication.me({ token })).body.subject, person.sub);
    assert.ok(!browser.session.includes(token.split('.')[1]));
  });

  test('a reload asks nothing of the provider, and tabs share one renewal before the token ends', async () => {
    const browser = await signedIn();
    const [asked, first] = [requestsTo('/token'), browser.session];
    for (let reloads = 0; reloads < 3; reloads += 1) assert.ok(await browser.renew());
    assert.deepEqual([requestsTo('/token'), browser.session], [asked, first]);
    advance(59 * minute);
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.call('POST', '/renew')));
    for (const { body } of answers)
      assert.equal((await authentication.me({ token: body.session.access_token })).status, 200);
    assert.equal(requestsTo('/token'), asked + 1);
    assert.notEqual(browser.session, first);
    assert.ok(await browser.renew());
    advance(-59 * minute);
    assert.ok(await browser.renew());
  });

  test('a callback of another browser, attempt, state or time opens no session', async () => {
    const browser = new Browser(authentication);
    const start = await browser.call('GET', '/oidc');
    const path = await browser.atProvider(start);
    const asked = requestsTo('/token');
    const other = new Browser(authentication);
    assertFailed(await other.callback(path), 'without an attempt');
    await other.call('GET', '/oidc');
    assertFailed(await other.callback(path), 'another attempt');
    other.jar.set('__Secure-hookgate_sign_in', 'forged');
    assertFailed(await other.callback(path), 'forged');
    for (const wrong of [
      path.replace(/state=[^&]+/, 'state=x'),
      path.replace(/&?state=[^&]+/, ''),
      path.replace(/iss=[^&]+/, `iss=${encodeURIComponent('https://evil.example.com')}`),
      '/oidc/callback?error=access_denied&state=x',
      '/oidc/callback',
    ]) {
      const again = new Browser(authentication);
      for (const [name, value] of browser.jar) again.jar.set(name, value);
      assertFailed(await again.callback(wrong), wrong);
      assert.equal(again.jar.size, 0);
    }
    assert.equal(requestsTo('/token'), asked);
    advance(11 * minute);
    assertFailed(await browser.callback(path), 'expired');
    advance(-11 * minute);
    assert.equal(requestsTo('/token'), asked);
  });

  test('a code works once', async () => {
    const browser = new Browser(authentication);
    const start = await browser.call('GET', '/oidc');
    const copy = new Map(browser.jar);
    const path = await browser.atProvider(start);
    assert.equal((await browser.callback(path)).headers.get('location'), '/console/');
    const again = new Browser(authentication);
    for (const [name, value] of copy) again.jar.set(name, value);
    assertFailed(await again.callback(path));
  });

  test('signing out clears the cookie and revokes the refresh token', async () => {
    const browser = await signedIn();
    const copy = new Map(browser.jar);
    const revoked = requestsTo('/token/revocation');
    assert.equal((await browser.call('DELETE', '')).status, 204);
    assert.deepEqual([browser.jar.size, requestsTo('/token/revocation')], [0, revoked + 1]);
    assert.equal(await browser.renew(), null);
    for (const [name, value] of copy) browser.jar.set(name, value);
    advance(59 * minute);
    assert.equal(await browser.renew(), null);
    advance(-59 * minute);
  });

  test('while the provider is away, sessions stay and sign-in says that it failed', async () => {
    const browser = await signedIn();
    const { session } = browser;
    provider.fail('closed');
    assert.ok(await browser.renew());
    advance(59 * minute);
    assertError(await browser.call('POST', '/renew'), 'ISSUER_UNAVAILABLE');
    provider.fail(503);
    assertError(await browser.call('POST', '/renew'), 'ISSUER_UNAVAILABLE');
    assert.equal(browser.session, session);
    provider.fail('up');
    advance(minute / 6);
    assert.ok(await browser.renew());
    provider.fail('closed');
    assert.equal((await browser.call('DELETE', '')).status, 204);
    assert.equal(browser.session, '');
    advance(-59 * minute - minute / 6);
    const fresh = await startGateway(provider);
    try {
      const other = new Browser(fresh);
      assertFailed(await other.call('GET', '/oidc'));
      provider.fail('up');
      assertFailed(await other.call('GET', '/oidc'));
      fresh.gateway.clock.advance(minute / 6);
      assert.equal((await other.signIn()).headers.get('location'), '/console/');
    } finally {
      await fresh.gateway.close();
    }
  });

  test('pages of other sites do not start a sign-in', async () => {
    const browser = new Browser(authentication);
    for (const site of ['cross-site', 'same-site'])
      assertError(await browser.call('GET', '/oidc', { 'Sec-Fetch-Site': site }), 'ORIGIN_REFUSED');
    assert.equal((await browser.call('GET', '/oidc', { 'Sec-Fetch-Site': 'none' })).status, 302);
  });

  test('a forged or old session cookie is no session', async () => {
    const browser = await signedIn();
    const { session } = browser;
    for (const value of ['oidc.', 'oidc.x.y', `${session}xxxx`, session.slice(0, -3), session.replace('oidc.', '')]) {
      browser.jar.set('__Secure-hookgate_session', value);
      assert.equal(await browser.renew(), null, value);
    }
    browser.jar.set('__Secure-hookgate_session', session);
    advance(31 * 24 * 60 * minute);
    assert.equal(await browser.renew(), null);
    advance(-31 * 24 * 60 * minute);
  });

  test('no log line has a token, a code, a state or a cookie', async () => {
    const browser = new Browser(authentication);
    const start = await browser.call('GET', '/oidc');
    const path = await browser.atProvider(start);
    const attempt = browser.jar.get('__Secure-hookgate_sign_in') ?? '';
    await browser.callback(path);
    const { access_token: token } = await browser.renew();
    await browser.callback(path);
    const { code = '', state = '' } = Object.fromEntries(new URLSearchParams(path.split('?')[1]));
    await authentication.gateway.app.foundation.log.flush();
    const log = authentication.gateway.log.join('\n');
    assert.match(log, /sign-in at the identity provider failed/);
    for (const secret of [token, code, state, attempt, browser.session])
      assert.ok(secret.length > 20 && !log.includes(secret));
  });

  test('an ID token takes the place of an access token that the gateway does not accept', async () => {
    const opaque = await startIdentityProvider({ ...client, isOpaque: true });
    const env = { JWT_AUDIENCE: client.id, JWT_SCOPE_CLAIM: 'roles' };
    const fitting = await startGateway(opaque, env);
    const strict = await startGateway(opaque);
    try {
      const browser = new Browser(fitting);
      await browser.signIn();
      const { access_token: token, scopes, organizations } = await browser.renew();
      assert.deepEqual([scopes, organizations], [person.roles, [person.org]]);
      assert.equal((await fitting.me({ token })).body.subject, person.sub);
      assertFailed(await new Browser(strict).signIn(), 'the ID token is for another audience');
    } finally {
      await Promise.all([fitting.gateway.close(), strict.gateway.close()]);
      await opaque.close();
    }
  });
});

test('settings of the sign-in are checked at the start', () => {
  const read = (env: Environment) => () => readConsoleSettings({ CONSOLE_OIDC_CLIENT_ID: 'x', ...env });
  assert.throws(read({}), /CONSOLE_OIDC_CLIENT_ID=x: needs JWT_ISSUER/);
  assert.throws(read({ JWT_ISSUER: 'hookgate' }), /needs JWT_ISSUER/);
  const JWT_ISSUER = 'https://id.example.com';
  for (const CONSOLE_OIDC_PARAMETERS of ['state=x', 'a=b&redirect_uri=https://evil.example.com', '=x'])
    assert.throws(read({ JWT_ISSUER, CONSOLE_OIDC_PARAMETERS }), /CONSOLE_OIDC_PARAMETERS/);
  assert.throws(read({ JWT_ISSUER, CONSOLE_OIDC_SCOPE: 'email' }), /CONSOLE_OIDC_SCOPE/);
  assert.equal(read({ JWT_ISSUER })().CONSOLE_OIDC_SCOPE, 'openid email');
});
