import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import { console as consolePlugin } from '../../../plugins/console/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, startAuthentication } from '../authentication/authentication-gateway.ts';
import { type ConsoleBrowser, openBrowser } from './console-browser.ts';

const second = 1000;
const table = 'authentication_refresh_tokens';

onEveryEngine('tokens of sessions and of programs', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;
  let key: IssuedApiKey;

  before(async () => {
    const env = { TRUSTED_PROXIES: '127.0.0.1' };
    authentication = await startAuthentication({ serverUrl, env, plugins: [consolePlugin, integration] });
    key = await authentication.createKey();
  });
  after(() => authentication.gateway.close());

  let address = 0;
  const headers = () => {
    address += 1;
    return { 'X-Forwarded-For': `203.0.113.${address}` };
  };
  const refresh = (token: string) => authentication.refresh(token, { headers: headers() });
  const statusOf = async (token: string): Promise<number> => (await authentication.me({ token })).status;
  const tokenIn = (browser: ConsoleBrowser): string => String(browser.cookie?.split('=')[1]);

  async function signedIn(): Promise<ConsoleBrowser> {
    const browser = openBrowser(authentication.gateway, headers());
    assert.ok((await browser.signIn(key.api_key, key.secret_key)).access_token);
    return browser;
  }

  async function portalOpened(): Promise<ConsoleBrowser> {
    const { body } = await authentication.gateway.request('/api/v1/integration/portal-links', {
      target: 'integration',
      token: (await authentication.signIn(key)).body.access_token,
      body: {},
    });
    const browser = openBrowser(authentication.gateway, headers());
    assert.equal((await browser.call('POST', '', { portal: body.url.split('#')[1] })).status, 200);
    return browser;
  }

  /** Gives every family an id as the version before did, without its kind. */
  async function withoutKinds(): Promise<void> {
    await authentication.gateway.app.foundation.database.transaction(async (trx) => {
      for (const family of await trx(table).distinct('family').pluck('family'))
        await trx(table).where({ family }).update({ family: randomUUID() });
    });
  }

  test('the token of a session is refused in exchange for one of a program, and the session lives on', async () => {
    for (const browser of [await signedIn(), await portalOpened()]) {
      assertError(await refresh(tokenIn(browser)), 'UNAUTHORIZED');
      assert.ok(await browser.renew());
      assertError(await refresh(tokenIn(browser)), 'UNAUTHORIZED');
      assert.ok(await browser.renew());
    }
  });

  test('the refresh token of a program neither opens nor ends a session', async () => {
    const { refresh_token: token, expires_in: seconds } = (await authentication.signIn(key)).body;
    assert.equal(seconds, 3600);
    const browser = openBrowser(authentication.gateway, headers());
    browser.cookie = `hookgate_session=${token}`;
    assert.equal(await browser.renew(), null);
    browser.cookie = `hookgate_session=${token}`;
    assert.equal((await browser.call('DELETE', '')).status, 204);
    assert.equal((await refresh(token)).status, 200);
  });

  test('both live on after an upgrade, and every access token of a session ends with it', async () => {
    const browser = await signedIn();
    const portal = await portalOpened();
    const { refresh_token: program } = (await authentication.signIn(key)).body;
    await withoutKinds();

    const { body: renewed } = await refresh(program);
    assert.equal(await statusOf(renewed.access_token), 200);
    assert.equal((await refresh(renewed.refresh_token)).status, 200);

    assertError(await refresh(tokenIn(portal)), 'UNAUTHORIZED');
    assert.ok(await portal.renew());

    const copied = (await refresh(tokenIn(browser))).body.access_token;
    const { access_token: own } = await browser.renew();
    assert.deepEqual([await statusOf(copied), await statusOf(own)], [200, 200]);
    assert.equal((await browser.call('DELETE', '')).status, 204);
    authentication.gateway.clock.advance(61 * second);
    assert.deepEqual([await statusOf(copied), await statusOf(own)], [401, 401]);
    assert.equal(await statusOf(renewed.access_token), 200);
  });
});
