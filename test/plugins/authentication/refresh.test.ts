import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, partOf, startAuthentication } from './authentication-gateway.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

onEveryEngine('refresh', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;

  before(async () => {
    authentication = await startAuthentication({ serverUrl, env: { TRUSTED_PROXIES: '127.0.0.1' } });
  });
  after(() => authentication.gateway.close());

  /** Every call has its own client address, so that failures do not count against the next call. */
  let address = 0;
  const refresh = (token: string) => {
    address += 1;
    return authentication.refresh(token, { headers: { 'X-Forwarded-For': `192.0.2.${address}` } });
  };

  async function signIn(): Promise<string> {
    return (await authentication.signIn(await authentication.createKey())).body.refresh_token;
  }

  async function renewed(token: string): Promise<string> {
    const answer = await refresh(token);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.refresh_token;
  }

  async function refused(token: string): Promise<void> {
    const answer = await refresh(token);
    assert.equal(answer.status, 401, answer.text);
    assert.equal(answer.body.error.code, 'UNAUTHORIZED');
  }

  test("a refresh token gives a new pair, with the key's current scopes", async () => {
    const key = await authentication.createKey({ scope: 'integration:read integration:write' });
    const first = (await authentication.signIn(key)).body;
    const { database } = authentication.gateway.app.foundation;
    await database.transaction((trx) =>
      trx('authentication_api_keys').where({ api_key: key.api_key }).update({ scope: 'integration:read' }),
    );
    const answer = await refresh(first.refresh_token);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body), Object.keys(first));
    assert.notEqual(answer.body.refresh_token, first.refresh_token);
    assert.equal(partOf(answer.body.access_token, 1).scope, 'integration:read');
    const { body } = await authentication.me({ token: answer.body.access_token });
    assert.deepEqual(body.scopes, ['integration:read']);
  });

  test('a used token is refused within 10 s, and its family lives on', async () => {
    const used = await signIn();
    const next = await renewed(used);
    authentication.gateway.clock.advance(9 * second);
    await refused(used);
    await renewed(next);
  });

  test('a used token is refused after 10 s, and its family alone is revoked', async () => {
    const used = await signIn();
    const otherFamily = await signIn();
    const next = await renewed(used);
    authentication.gateway.clock.advance(11 * second);
    await refused(used);
    await refused(next);
    await renewed(otherFamily);
  });

  test('a refresh token is valid for seven days', async () => {
    const [early, late] = [await signIn(), await signIn()];
    authentication.gateway.clock.advance(7 * day - 5 * second);
    await renewed(early);
    authentication.gateway.clock.advance(10 * second);
    await refused(late);
  });

  test('a family ends thirty days after sign-in, however often it is renewed', async () => {
    let token = await signIn();
    for (let renewals = 0; renewals < 5; renewals += 1) {
      authentication.gateway.clock.advance(6 * day - second);
      if (renewals < 4) token = await renewed(token);
    }
    authentication.gateway.clock.advance(-hour);
    token = await renewed(token);
    authentication.gateway.clock.advance(2 * hour);
    await refused(token);
  });

  test('exactly one of many concurrent refreshes of a token succeeds, and its successor works', async () => {
    for (let round = 0; round < 3; round += 1) {
      const token = await signIn();
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(token)));
      const winners = answers.filter(({ status }) => status === 200);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401, 401, 401]);
      await renewed(winners[0]?.body.refresh_token);
    }
  });

  test('malformed and unknown refresh tokens are refused', async () => {
    const key = await authentication.createKey();
    const { access_token } = (await authentication.signIn(key)).body;
    await refused('nonsense');
    await refused(key.secret_key);
    assert.equal((await refresh(access_token)).status, access_token.length > 512 ? 400 : 401);
    assert.equal((await refresh('')).status, 400);
  });

  test('an access token expires after an hour', async () => {
    const { access_token: token } = (await authentication.signIn(await authentication.createKey())).body;
    authentication.gateway.clock.advance(hour - 5 * second);
    assert.equal((await authentication.me({ token })).status, 200);
    authentication.gateway.clock.advance(15 * second);
    assert.equal((await authentication.me({ token })).status, 401);
  });
});
