import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import { console as consolePlugin } from '../../../plugins/console/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type ConsoleBrowser, openBrowser } from '../console/console-browser.ts';
import { type AuthenticationGateway, startAuthentication } from './authentication-gateway.ts';

const most = 2000;
const minute = 60_000;
const table = 'authentication_refresh_tokens';

onEveryEngine('sign-ins of one key', ({ serverUrl }) => {
  let authentication: AuthenticationGateway;

  before(async () => {
    const env = { TRUSTED_PROXIES: '127.0.0.1' };
    authentication = await startAuthentication({ serverUrl, env, plugins: [consolePlugin] });
  });
  after(() => authentication.gateway.close());

  const advance = (ms: number): void => authentication.gateway.clock.advance(ms);
  let address = 0;
  const headers = () => {
    address += 1;
    return { 'X-Forwarded-For': `203.0.113.${address}` };
  };
  const refresh = (token: string) => authentication.refresh(token, { headers: headers() });
  const signIn = async (key: IssuedApiKey): Promise<string> => (await authentication.signIn(key)).body.refresh_token;
  async function signInPerson(key: IssuedApiKey): Promise<ConsoleBrowser> {
    const browser = openBrowser(authentication.gateway, headers());
    assert.ok((await browser.signIn(key.api_key, key.secret_key)).access_token);
    return browser;
  }

  /** Stores sign-ins of a key at this moment. */
  async function addSignIns(key: IssuedApiKey, kind: 'program_' | 'session_' | '', count: number): Promise<void> {
    const { database, now } = authentication.gateway.app.foundation;
    const expires_at = now() + 7 * 24 * 60 * minute * 1000;
    const rows = Array.from({ length: count }, (_, number) => ({
      token_hash: `${randomUUID()}`,
      family: `${kind}${kind === '' ? randomUUID() : `${Date.now()}${number}`}`,
      api_key: key.api_key,
      expires_at,
      family_expires_at: expires_at,
      used_at: null,
    }));
    await database.transaction((trx) => trx.batchInsert(table, rows, 100));
  }

  async function liveOf(key: IssuedApiKey): Promise<{ sessions: number; programs: number }> {
    const { knex } = authentication.gateway.app.foundation.database;
    const families: string[] = await knex(table).where({ api_key: key.api_key, used_at: null }).pluck('family');
    const sessions = families.filter((family) => family.startsWith('session_')).length;
    return { sessions, programs: families.length - sessions };
  }

  test('at most 2000 programs stay signed in: the one that has not renewed for longest ends', async () => {
    const [key, other] = [await authentication.createKey(), await authentication.createKey()];
    const [early, idle, elsewhere] = [await signIn(key), await signIn(key), await signIn(other)];
    const person = await signInPerson(key);
    const { access_token: token } = (await refresh(idle)).body;
    advance(minute);
    await addSignIns(key, 'program_', most - 2);
    advance(minute);
    const renewed = (await refresh(early)).body.refresh_token;
    assert.deepEqual(await liveOf(key), { sessions: 1, programs: most });

    const idleRows = async () => {
      const { knex } = authentication.gateway.app.foundation.database;
      return knex(table).where({ api_key: key.api_key }).whereNotNull('used_at');
    };
    assert.equal((await idleRows()).length, 2);
    const newest = await signIn(key);
    assert.deepEqual(await liveOf(key), { sessions: 1, programs: most });
    assert.equal((await idleRows()).length, 1);
    assert.equal((await authentication.me({ token })).status, 200);
    for (const alive of [renewed, newest, elsewhere]) assert.equal((await refresh(alive)).status, 200);
    assert.ok(await person.renew());
  });

  test('sign-ins at the same moment are all accepted, and the limit holds after the next one', async () => {
    const key = await authentication.createKey();
    // Of the version before, in which programs and sessions had no kind.
    await addSignIns(key, '', 5);
    advance(minute);
    await addSignIns(key, 'program_', most - 5);
    advance(minute);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => signIn(key)));
    tokens.push(await signIn(key));
    assert.deepEqual(await liveOf(key), { sessions: 0, programs: most });
    for (const token of tokens) assert.equal((await refresh(token)).status, 200);
  });

  test('at most 2000 sessions of people go on: the one that has not renewed for longest ends', async () => {
    const key = await authentication.createKey();
    const [idle, early, program] = [await signInPerson(key), await signInPerson(key), await signIn(key)];
    advance(minute);
    await addSignIns(key, 'session_', most - 2);
    advance(minute);
    assert.ok(await early.renew());
    const newest = await signInPerson(key);
    assert.deepEqual(await liveOf(key), { sessions: most, programs: 1 });
    assert.equal(await idle.renew(), null);
    for (const alive of [early, newest]) assert.ok(await alive.renew());
    assert.equal((await refresh(program)).status, 200);
  });
});
