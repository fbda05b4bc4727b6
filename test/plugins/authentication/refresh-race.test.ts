import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createRefreshTokenRepository } from '../../../plugins/authentication/tokens/refresh-token-repository.ts';
import type { Database } from '../../../src/plugin.ts';
import { engines } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { countLockWaits } from '../../support/lock-waits.ts';
import { type AuthenticationGateway, startAuthentication } from './authentication-gateway.ts';

const server = engines.find(({ name }) => name === 'mysql');
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A token whose hash sorts before nearly all others in the index. */
function earlyToken(): string {
  for (let number = 0; ; number += 1) {
    const token = `successor-${number}`;
    if (hashOf(token).startsWith('000')) return token;
  }
}

// Skipped on SQLite: it has only one writer.
describe('reuse of a token during a renewal in its family', { skip: !server }, () => {
  let authentication: AuthenticationGateway;
  let database: Database;

  before(async () => {
    authentication = await startAuthentication({ serverUrl: server?.serverUrl });
    database = authentication.gateway.app.foundation.database;
  });
  after(() => authentication.gateway.close());

  const isWaiting = async () => (await countLockWaits((sql) => database.knex.raw(sql))) > 0;

  test('the reuse revokes the successor, too', async () => {
    const used = (await authentication.signIn(await authentication.createKey())).body.refresh_token;
    const newest = (await authentication.refresh(used)).body.refresh_token;
    const successor = earlyToken();
    authentication.gateway.clock.advance(11_000);

    const renewal = await database.knex.transaction();
    const tokens = createRefreshTokenRepository(renewal);
    const token = await tokens.find(hashOf(newest));
    assert.ok(token);
    assert.equal(await tokens.use(token.tokenHash, token.expiresAt - 1), true);
    const theft = authentication.refresh(used);
    await eventually(isWaiting);
    await tokens.insert({ ...token, tokenHash: hashOf(successor) });
    await renewal.commit();

    assert.equal((await theft).status, 401);
    const left = await database.knex('authentication_refresh_tokens').where({ family: token.family });
    assert.deepEqual(left, []);
    assert.equal((await authentication.refresh(successor)).status, 401);
  });
});
