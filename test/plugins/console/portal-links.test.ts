import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import { createPortalLinkService } from '../../../plugins/authentication/portal-links/portal-link-service.ts';
import { console as consolePlugin } from '../../../plugins/console/index.ts';
import { integration } from '../../../plugins/integration/index.ts';
import type { TestAnswer, TestRequest } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import {
  type AuthenticationGateway,
  basicHeader,
  partOf,
  startAuthentication,
} from '../authentication/authentication-gateway.ts';
import { type ConsoleBrowser, openBrowser } from './console-browser.ts';

const second = 1000;
const minute = 60 * second;
const table = 'authentication_portal_links';

onEveryEngine('portal links', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;
  let key: IssuedApiKey;

  before(async () => {
    const env = { TRUSTED_PROXIES: '127.0.0.1' };
    authentication = await startAuthentication({ serverUrl, env, plugins: [consolePlugin, integration] });
    key = await authentication.createKey({ organizations: ['myorg', 'second'] });
  });
  after(() => authentication.gateway.close());

  const advance = (ms: number): void => authentication.gateway.clock.advance(ms);
  const rows = () => authentication.gateway.app.foundation.database.knex(table);

  const call = (path: string, request: TestRequest) =>
    authentication.gateway.request(`/api/v1/integration${path}`, { target: 'integration', ...request });
  const create = (body: object = {}, request: TestRequest = {}): Promise<TestAnswer> => {
    const own = request.token === undefined ? { Authorization: basicHeader(key.api_key, key.secret_key) } : {};
    return call('/portal-links', { ...request, body, headers: { ...own, ...request.headers } });
  };

  async function tokenOf(created: Promise<TestAnswer>): Promise<string> {
    const { status, body, text } = await created;
    assert.equal(status, 201, text);
    return body.url.split('#')[1];
  }

  let address = 0;
  function browser(): ConsoleBrowser {
    address += 1;
    return openBrowser(authentication.gateway, { 'X-Forwarded-For': `198.51.100.${address}` });
  }
  const redeem = (portal: string, one = browser()) => one.call('POST', '', { portal });

  test('a link opens one session, for one organization and its scopes', async () => {
    const answer = await create({ return_url: 'https://shop.example.com/account?a=b' });
    assert.equal(answer.status, 201, answer.text);
    const { url, gateway } = { url: answer.body.url as string, gateway: authentication.gateway };
    assert.match(url, new RegExp(`^${gateway.url}/console/portal#[\\w-]{43}$`));
    const left = Date.parse(answer.body.expires_at) - gateway.clock.now() / 1000;
    assert.ok(left > 3590 * second && left <= 3600 * second);
    const one = browser();
    const opened = await redeem(url.split('#')[1] ?? '', one);
    assert.equal(opened.status, 200, opened.text);
    const { access_token: token, expires_in: seconds, ...session } = opened.body;
    assert.ok(seconds > 3500 && seconds <= 3600);
    const portal = { return_url: 'https://shop.example.com/account?a=b' };
    const expected = {
      email: null,
      application: null,
      organizations: ['myorg'],
      default_organization: 'myorg',
      scopes: ['integration:read'],
      portal,
    };
    assert.deepEqual(session, expected);
    const { access_token: renewed, expires_in: _seconds, ...again } = await one.renew();
    assert.deepEqual(again, expected);
    assert.match(String(opened.headers.getSetCookie()), /Max-Age=3[56]\d\d;/);
    for (const used of [token, renewed]) {
      assert.equal((await call('/deliveries', { token: used })).status, 200);
      assertError(await call('/deliveries', { token: used, headers: { 'X-Organization': 'second' } }), 'NOT_FOUND');
      assertError(await create({}, { token: used }), 'FORBIDDEN');
    }
    assertError(await redeem(url.split('#')[1] ?? ''), 'UNAUTHORIZED');
  });

  test('of concurrent redemptions one wins', async () => {
    const token = await tokenOf(create());
    const answers = await Promise.all(Array.from({ length: 6 }, () => redeem(token)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401, 401, 401, 401]);
  });

  test('unknown tokens are 401 and limited', async () => {
    const one = browser();
    for (let failures = 0; failures < 20; failures += 1)
      assertError(await redeem(`${failures}`.padEnd(43, 'x'), one), 'UNAUTHORIZED');
    assertError(await redeem('x'.repeat(43), one), 'RATE_LIMITED');
    const token = await tokenOf(create());
    assert.equal((await redeem(token, one)).status, 200);
    assertInvalid(await one.call('POST', '', { portal: token, name: 'joe@example.com', secret: 'x' }), ['']);
  });

  test('link and session end at the expiry, and no token outlives it', async () => {
    const [late, token] = [await tokenOf(create({ expires_in: 60 })), await tokenOf(create({ expires_in: 120 }))];
    const one = browser();
    const { body } = await redeem(token, one);
    assert.ok(body.expires_in <= 120);
    advance(110 * second);
    assertError(await redeem(late), 'UNAUTHORIZED');
    const { access_token: renewed, expires_in: seconds } = await one.renew();
    assert.ok(seconds <= 10);
    assert.ok(Number(partOf(renewed, 1).exp) <= Number(partOf(body.access_token, 1).exp));
    assert.equal((await call('/deliveries', { token: renewed })).status, 200);
    advance(10 * second);
    assert.equal((await call('/deliveries', { token: renewed })).status, 401);
    assert.equal((await call('/deliveries', { token: body.access_token })).status, 401);
    assert.equal(await one.renew(), null);
  });

  test('the scopes are some of the creator, who needs integration:write', async () => {
    const scopes = ['integration:read', 'integration:write'];
    assert.deepEqual((await redeem(await tokenOf(create({ scopes })))).body.scopes, scopes);
    const wider = await create({ scopes: ['integration:read', 'gateway:admin'] });
    assertError(wider, 'FORBIDDEN');
    assert.deepEqual(wider.body.error.details, { missing_scopes: ['gateway:admin'] });
    const writer = await authentication.createKey({ scope: 'integration:write' });
    const headers = { Authorization: basicHeader(writer.api_key, writer.secret_key) };
    assertError(await create({}, { headers }), 'FORBIDDEN');
    assert.equal((await create({ scopes: ['integration:write'] }, { headers })).status, 201);
    const other = await create({}, { headers: { 'X-Organization': 'second' } });
    assert.deepEqual((await redeem(other.body.url.split('#')[1])).body.organizations, ['second']);
    assertError(await create({}, { headers: { 'X-Organization': 'third' } }), 'NOT_FOUND');
  });

  test('a session of a link makes no wider and no longer links', async () => {
    const scopes = ['integration:read', 'integration:write'];
    const { access_token: token } = (await redeem(await tokenOf(create({ scopes, expires_in: 600 })))).body;
    assertError(await create({ scopes: [...scopes, 'gateway:admin'] }, { token }), 'FORBIDDEN');
    assertError(await create({}, { token, headers: { 'X-Organization': 'second' } }), 'NOT_FOUND');
    const further = await create({ expires_in: 86_400 }, { token });
    const left = Date.parse(further.body.expires_at) - authentication.gateway.clock.now() / 1000;
    assert.ok(left <= 600 * second, String(left));
    assert.deepEqual((await redeem(await tokenOf(Promise.resolve(further)))).body.scopes, ['integration:read']);
  });

  test('revoking the key of the creator ends its links and sessions, also those of further links', async () => {
    const creator = await authentication.createKey();
    const headers = { Authorization: basicHeader(creator.api_key, creator.secret_key) };
    const scopes = ['integration:read', 'integration:write'];
    const [unused, token] = [await tokenOf(create({}, { headers })), await tokenOf(create({ scopes }, { headers }))];
    const one = browser();
    const { access_token: access } = (await redeem(token, one)).body;
    const further = await tokenOf(create({}, { token: access }));
    const nested = browser();
    assert.equal((await redeem(further, nested)).status, 200);
    assert.equal((await call('/deliveries', { token: access })).status, 200);
    await authentication.revokeKey(creator.api_key);
    assertError(await redeem(unused), 'UNAUTHORIZED');
    assert.deepEqual([await one.renew(), await nested.renew()], [null, null]);
    advance(61 * second);
    assert.equal((await call('/deliveries', { token: access })).status, 401);
  });

  test('a scope that the key of the creator has lost is lost to its links', async () => {
    const creator = await authentication.createKey();
    const headers = { Authorization: basicHeader(creator.api_key, creator.secret_key) };
    const one = browser();
    const scopes = ['integration:read', 'integration:write'];
    const { access_token: access } = (await redeem(await tokenOf(create({ scopes }, { headers })), one)).body;
    await authentication.gateway.app.foundation.database.transaction((trx) =>
      trx('authentication_api_keys').where({ api_key: creator.api_key }).update({ scope: 'integration:read' }),
    );
    assertError(await create({}, { token: access }), 'FORBIDDEN');
    assert.deepEqual((await one.renew()).scopes, ['integration:read']);
  });

  test('a creator of an outside issuer makes links as well', async () => {
    const token = await authentication.gateway.token({ org: 'theirs', scope: 'integration:read integration:write' });
    const one = browser();
    const { body } = await redeem(await tokenOf(create({}, { token })), one);
    assert.deepEqual(body.organizations, ['theirs']);
    assert.equal((await call('/deliveries', { token: body.access_token })).status, 200);
    assert.equal((await one.call('DELETE', '')).status, 204);
    advance(61 * second);
    assert.equal((await call('/deliveries', { token: body.access_token })).status, 401);
  });

  test('a repetition with its Idempotency-Key returns the same link', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    const first = await create({}, { headers });
    assert.deepEqual((await create({}, { headers })).body, first.body);
    assert.equal((await redeem(await tokenOf(Promise.resolve(first)))).status, 200);
  });

  test('the address of the link is the one by which the caller knows the gateway', async () => {
    const headers = { 'X-Forwarded-Host': 'hooks.example.com', 'X-Forwarded-Proto': 'https' };
    assert.match((await create({}, { headers })).body.url, /^https:\/\/hooks\.example\.com\/console\/portal#/);
    const ofPage = { 'X-Forwarded-Host': 'hooks.example.com', Origin: 'https://hooks.example.com' };
    assert.match((await create({}, { headers: ofPage })).body.url, /^https:\/\/hooks\.example\.com\/console\/portal#/);
  });

  test('times, scopes and return addresses are checked', async () => {
    for (const body of [
      { expires_in: 59 },
      { expires_in: 86_401 },
      { expires_in: 60.5 },
      { expires_in: '60' },
      { scopes: [] },
      { scopes: ['a', 'a'] },
      { scopes: ['a b'] },
      { return_url: 'http://shop.example.com' },
      { return_url: 'http://localhost.example.com' },
      { return_url: 'https://joe:secret@shop.example.com' },
      { return_url: 'javascript:alert(1)' },
      { return_url: 'data:text/html,x' },
      { return_url: '//shop.example.com' },
      { return_url: `https://shop.example.com/${'x'.repeat(2000)}` },
      { organization: 'other' },
    ])
      assert.equal((await create(body)).status, 400, JSON.stringify(body));
    for (const return_url of ['http://localhost:3000/a', 'http://127.0.0.1', 'https://shop.example.com/ü'])
      assert.equal((await create({ return_url })).status, 201, return_url);
  });

  test('tokens are stored as hashes, and are in no log line', async () => {
    const token = await tokenOf(create());
    await redeem(token);
    assert.doesNotMatch(JSON.stringify(await rows()), new RegExp(token));
    await authentication.gateway.app.foundation.log.flush();
    assert.ok(authentication.gateway.log.every((line) => !line.includes(token)));
  });

  test('expired links are deleted', async () => {
    const [token] = [await tokenOf(create({ expires_in: 600 })), await tokenOf(create({ expires_in: 60 }))];
    advance(2 * minute);
    const { database, now } = authentication.gateway.app.foundation;
    await createPortalLinkService({ issuer: 'hookgate', database, now }).purge();
    const left = await rows();
    assert.ok(left.length > 0 && left.every(({ expires_at }) => expires_at > now()));
    assert.equal((await redeem(token)).status, 200);
  });

  test('an organization has a thousand links at most, without the expired ones', async () => {
    const one = await authentication.createKey({ organizations: ['full'] });
    const headers = { Authorization: basicHeader(one.api_key, one.secret_key) };
    const expires_at = authentication.gateway.clock.now() + minute * 1000;
    const links = Array.from({ length: 1000 }, (_, index) => ({
      id: `pl_full_${index}`,
      token_hash: `full ${index}`,
      organization: 'full',
      scope: 'integration:read',
      expires_at,
    }));
    const { database } = authentication.gateway.app.foundation;
    await database.transaction((trx) => trx.batchInsert(table, links, 100).transacting(trx));
    assertError(await create({}, { headers }), 'LIMIT_REACHED');
    assert.equal((await create()).status, 201);
    advance(2 * minute);
    assert.equal((await create({}, { headers })).status, 201);
  });
});
