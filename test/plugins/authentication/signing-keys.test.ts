import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { createTestClock } from '../../../src/testing/index.ts';
import { engines, onEveryEngine } from '../../support/engines.ts';
import { type AuthenticationGateway, partOf, startAuthentication } from './authentication-gateway.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const kidOf = (token: string): unknown => partOf(token, 0).kid;

onEveryEngine('signing keys', ({ serverUrl, createDatabase }) => {
  test('the key set verifies the tokens and has no private keys', async () => {
    const { gateway, createKey, signIn, keySet } = await startAuthentication({ serverUrl });
    try {
      const token: string = (await signIn(await createKey())).body.access_token;
      const [key, ...rest] = await keySet();
      assert.ok(key && rest.length === 0);
      const { x, y, ...members } = key as Record<string, string>;
      assert.deepEqual(members, { kty: 'EC', crv: 'P-256', kid: kidOf(token), alg: 'ES256', use: 'sig' });
      const [header, claims, signature = ''] = token.split('.');
      const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, format: 'jwk' });
      const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
      const signed = Buffer.from(`${header}.${claims}`);
      assert.ok(verify('sha256', signed, options, Buffer.from(signature, 'base64url')));
      assert.equal((await gateway.request('/.well-known/jwks.json', { target: 'authentication' })).status, 200);
    } finally {
      await gateway.close();
    }
  });

  test('a new key is published ten minutes before it signs, and an expired key is removed', async () => {
    const clock = createTestClock();
    const database = await createDatabase();
    /** Key rotation runs at every start and once a minute; a restart avoids waiting for the minute. */
    const restarted = async <T>(work: (authentication: AuthenticationGateway) => Promise<T>): Promise<T> => {
      const authentication = await startAuthentication({ database, clock });
      try {
        return await work(authentication);
      } finally {
        await authentication.gateway.close();
      }
    };
    const kidsOf = async ({ keySet }: AuthenticationGateway) => (await keySet()).map(({ kid }) => kid);
    const tokenFrom = async ({ createKey, signIn }: AuthenticationGateway): Promise<string> =>
      (await signIn(await createKey())).body.access_token;

    try {
      const [first] = await restarted(kidsOf);
      clock.advance(30 * day - 10 * minute - 5 * second);
      assert.deepEqual(await restarted(kidsOf), [first]);

      clock.advance(10 * second);
      const successor = await restarted(async (authentication) => {
        const [older, newer, ...rest] = await kidsOf(authentication);
        assert.equal(older, first);
        assert.ok(newer !== undefined && rest.length === 0);
        clock.advance(9 * minute);
        const token = await tokenFrom(authentication);
        assert.equal(kidOf(token), first, 'published, but not signing yet');
        clock.advance(2 * minute);
        assert.equal(kidOf(await tokenFrom(authentication)), newer);
        assert.equal((await authentication.me({ token })).status, 200, 'the old key still proves its tokens');
        return newer;
      });

      clock.advance(60 * minute);
      assert.deepEqual(await restarted(kidsOf), [first, successor]);
      clock.advance(10 * minute);
      assert.deepEqual(await restarted(kidsOf), [successor]);
      const answer = await restarted(async (authentication) =>
        authentication.me({ token: await tokenFrom(authentication) }),
      );
      assert.equal(answer.status, 200);
    } finally {
      await database.drop();
    }
  });
});

for (const { name, createDatabase } of engines.filter((engine) => engine.name === 'mysql')) {
  test(`two gateways that start together on one database accept each other's tokens (${name})`, async () => {
    const clock = createTestClock();
    const database = await createDatabase();
    const running: AuthenticationGateway[] = [];
    const start = async (): Promise<AuthenticationGateway> => {
      const authentication = await startAuthentication({ database, clock });
      running.push(authentication);
      return authentication;
    };
    try {
      const [one, two] = await Promise.all([start(), start()]);
      const key = await one.createKey();
      const tokens = (await one.signIn(key)).body;
      assert.equal((await two.me({ token: tokens.access_token })).status, 200);
      const renewed = await two.refresh(tokens.refresh_token);
      assert.equal(renewed.status, 200);
      assert.equal((await one.me({ token: renewed.body.access_token })).status, 200);
      assert.deepEqual(await one.keySet(), await two.keySet());

      clock.advance(30 * day);
      const three = await start();
      clock.advance(10 * minute + second);
      const token = (await three.signIn(key)).body.access_token;
      assert.notEqual(kidOf(token), kidOf(tokens.access_token));
      assert.equal((await one.me({ token })).status, 200, 'a key that another process made is found');

      const fresh = (await one.signIn(key)).body.refresh_token;
      const race = await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 ? one : two).refresh(fresh)));
      assert.deepEqual(race.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401]);
    } finally {
      for (const { gateway } of running) await gateway.close();
      await database.drop();
    }
  });
}
