import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';
import { SignJWT } from 'jose';
import { definePlugin, defineRoute, type Environment } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import { type IdentityProvider, startIdentityProvider } from '../../support/identity-provider.ts';

/** Longer than the cooldown of five seconds. */
const cooldownMs = 6000;
const minute = 60_000;

const mirror = definePlugin({
  name: 'mirror',
  apiVersion: 1,
  setup: () => ({
    routes: [
      defineRoute({
        method: 'GET',
        path: '/api/v1/me',
        summary: 'Who am I?',
        organization: 'none',
        answers: { 200: { description: 'The caller.' } },
        handler: ({ principal }, res) => {
          res.json({ ...principal, scopes: [...(principal?.scopes ?? [])] });
        },
      }),
    ],
  }),
});

describe('tokens of an outside identity provider', () => {
  let provider: IdentityProvider;
  let gateway: TestGateway;

  before(() => {
    // The cooldown of the key set uses the wall clock, so this test sets `Date`.
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
  });
  after(() => mock.timers.reset());
  beforeEach(async () => {
    provider = await startIdentityProvider();
    gateway = await startGateway();
  });
  afterEach(async () => {
    await gateway.close();
    await provider.close();
  });

  const startGateway = (env: Environment = {}): Promise<TestGateway> =>
    createTestGateway({
      plugins: [mirror],
      env: {
        JWT_ISSUER: provider.issuer,
        JWT_AUDIENCE: provider.audience,
        JWT_JWKS_URI: provider.keySetUri,
        ...env,
      },
    });
  const me = (token: string, { request }: TestGateway = gateway) => request('/api/v1/me', { target: 'mirror', token });
  const statusOf = async (token: string): Promise<number> => (await me(token)).status;
  const tick = (milliseconds: number): void => mock.timers.tick(milliseconds);

  async function assertUnavailable(token: string): Promise<void> {
    const { status, body, headers } = await me(token);
    assert.equal(status, 503);
    assert.equal(body.error.code, 'ISSUER_UNAVAILABLE');
    assert.match(headers.get('retry-after') ?? '', /^\d+$/);
  }

  test('tokens are verified by the key set, which is fetched once', async () => {
    const claims = { email: 'Robot@Example.com', org: 'myorg' };
    const token = await provider.token({ scope: 'integration:read integration:write', claims });
    const answers = await Promise.all([me(token), me(token), me(await provider.token())]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    assert.deepEqual(answers[0]?.body, {
      issuer: provider.issuer,
      subject: 'robot',
      email: 'robot@example.com',
      application: 'robot',
      organizations: ['myorg'],
      defaultOrganization: 'myorg',
      scopes: ['integration:read', 'integration:write'],
      expiresAt: exp,
    });
    assert.equal(provider.keySetFetches, 1);
  });

  test('an e-mail address that its issuer calls unverified is dropped', async () => {
    const cases = [
      [undefined, 'robot@example.com'],
      [true, 'robot@example.com'],
      ['true', 'robot@example.com'],
      [false, undefined],
      ['false', undefined],
      ['False', undefined],
    ];
    for (const [verified, email] of cases) {
      const claims = { email: 'robot@example.com', ...(verified === undefined ? {} : { email_verified: verified }) };
      assert.equal((await me(await provider.token({ claims }))).body.email, email, String(verified));
    }
  });

  test('tokens signed with RSA are accepted', async () => {
    await provider.rotate({ algorithm: 'RS256' });
    const token = await provider.token();
    assert.equal(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg, 'RS256');
    assert.equal(await statusOf(token), 200);
  });

  test('tokens of a new key are accepted without a restart', async () => {
    const old = await provider.token();
    assert.equal(await statusOf(old), 200);
    await provider.rotate({ keepOld: true });
    const token = await provider.token();
    tick(cooldownMs);
    assert.equal(await statusOf(token), 200);
    assert.equal(await statusOf(old), 200);
    assert.equal(provider.keySetFetches, 2);
  });

  test('tokens of a withdrawn key, cached ones included, are refused once its successor has been seen', async () => {
    const old = await provider.token();
    assert.equal(await statusOf(old), 200);
    await provider.rotate();
    tick(cooldownMs);
    assert.equal(await statusOf(await provider.token()), 200);
    assert.equal(await statusOf(old), 401);
  });

  test('tokens of a withdrawn key are refused within minutes even if no token of a new key arrives', async () => {
    const old = await provider.token();
    assert.equal(await statusOf(old), 200);
    await provider.rotate();
    gateway.clock.advance(6 * minute);
    await eventually(async () => (await statusOf(old)) === 401);
  });

  for (const failure of ['closed', 500, 404] as const) {
    test(`tokens of known keys pass while the provider is down (${failure}); others get 503 until it is back`, async () => {
      const known = await provider.token();
      assert.equal(await statusOf(known), 200);
      await provider.rotate({ keepOld: true });
      const unknown = await provider.token();
      const another = await provider.token({ claims: { org: 'other' } });
      provider.fail(failure);
      tick(cooldownMs);
      await assertUnavailable(unknown);
      await assertUnavailable(another);
      gateway.clock.advance(2 * minute);
      assert.equal(await statusOf(known), 200, 'verified again, because verified tokens are cached for a minute');
      gateway.clock.advance(4 * minute);
      assert.equal(await statusOf(known), 200, 'a failed refresh changes nothing');
      provider.fail('up');
      tick(cooldownMs);
      assert.equal(await statusOf(unknown), 200);
    });
  }

  test('tokens get 503 until the provider is first reached, while other issuers work', async () => {
    const token = await provider.token();
    provider.fail('closed');
    await assertUnavailable(token);
    assert.equal(await statusOf(await gateway.token()), 200);
    provider.fail('up');
    tick(cooldownMs);
    assert.equal(await statusOf(token), 200);
  });

  test('a flood of unknown key ids causes few fetches and locks no caller out', async () => {
    const known = await provider.token();
    assert.equal(await statusOf(known), 200);
    const forged = await Promise.all(Array.from({ length: 60 }, () => forge(provider, { kid: randomUUID() })));
    tick(cooldownMs);
    const statuses = await Promise.all(forged.map(statusOf));
    assert.deepEqual(new Set(statuses), new Set([401]));
    assert.ok(provider.keySetFetches <= 3, `${provider.keySetFetches} fetches`);
    gateway.clock.advance(2 * minute);
    assert.equal(await statusOf(known), 200);

    await provider.rotate({ keepOld: true });
    const token = await provider.token();
    tick(cooldownMs);
    const [status] = await Promise.all([statusOf(token), ...forged.map(statusOf)]);
    assert.equal(status, 200);
  });

  test('forged tokens are refused', async () => {
    const genuine = await provider.token();
    assert.equal(await statusOf(genuine), 200);
    const [{ kid }] = ((await (await fetch(provider.keySetUri)).json()) as { keys: [{ kid: string }] }).keys;
    const [header, claims, signature = ''] = genuine.split('.');
    const forgeries = {
      'its key id with another key': await forge(provider, { kid }),
      'no key id': await forge(provider, {}),
      'an unknown issuer': await forge(provider, { kid, issuer: 'https://unknown.test' }),
      'the issuer of the gateway': await forge(provider, { kid, issuer: 'hookgate' }),
      'an algorithm that is not accepted': await forge(provider, { kid, algorithm: 'ES384' }),
      'another signature': `${header}.${claims}.${signature.split('').reverse().join('')}`,
      'no signature': `${header}.${claims}.`,
    };
    for (const [name, token] of Object.entries(forgeries)) assert.equal(await statusOf(token), 401, name);
  });

  test('tokens for another audience are refused', async () => {
    const other = await startGateway({ JWT_AUDIENCE: 'https://other-audience.test' });
    try {
      assert.equal((await me(await provider.token(), other)).status, 401);
    } finally {
      await other.close();
    }
  });

  test('an outside issuer with the name of the own one stops the start', async () => {
    const start = startGateway({ JWT_ISSUER: 'https://issuer.test' });
    await assert.rejects(start, /Two token issuers are named "https:\/\/issuer\.test"/);
  });

  test('expired tokens are refused', async () => {
    const token = await provider.token();
    gateway.clock.advance(11 * minute);
    assert.equal(await statusOf(token), 401);
  });

  test('tokens carry gateway:admin only if a setting allows it', async () => {
    const scope = 'integration:read gateway:admin';
    assert.deepEqual((await me(await provider.token({ scope }))).body.scopes, ['integration:read']);
    const other = await startGateway({ JWT_SCOPES_ALLOWED: 'integration:write,gateway:admin' });
    try {
      const { body } = await me(await provider.token({ scope: `${scope} integration:write` }), other);
      assert.deepEqual(body.scopes.sort(), ['gateway:admin', 'integration:write']);
    } finally {
      await other.close();
    }
  });

  test('organizations are read as text or array from the claim that the settings name', async () => {
    const organizationsOf = async (claims: Record<string, unknown>, from = gateway): Promise<unknown> =>
      (await me(await provider.token({ claims }), from)).body.organizations;
    assert.deepEqual(await organizationsOf({ org: 'one' }), ['one']);
    assert.deepEqual(await organizationsOf({ org: ['one', 'two'] }), ['one', 'two']);
    assert.deepEqual(await organizationsOf({ org: 'one', orgs: ['two'] }), ['one', 'two']);
    assert.deepEqual(await organizationsOf({ org: [{}, 1, null, 'one', ' two', 'a\u0000b'] }), ['one']);
    assert.deepEqual(await organizationsOf({}), []);
    const other = await startGateway({ JWT_ORG_CLAIM: 'https://claims.test/tenants', JWT_SCOPE_CLAIM: 'permissions' });
    try {
      const claims = { 'https://claims.test/tenants': ['one'], permissions: ['integration:write'], org: 'two' };
      const { body } = await me(await provider.token({ claims }), other);
      assert.deepEqual(body.organizations, ['one']);
      assert.deepEqual(body.scopes, ['integration:write']);
    } finally {
      await other.close();
    }
  });
});

interface Forgery {
  kid?: string | undefined;
  issuer?: string;
  algorithm?: string;
}

/** A token with the provider's claims, signed with a key of another party. */
function forge(provider: IdentityProvider, { kid, issuer = provider.issuer, algorithm = 'ES256' }: Forgery) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: algorithm === 'ES256' ? 'P-256' : 'P-384' });
  return new SignJWT({ sub: 'robot', scope: 'integration:read' })
    .setProtectedHeader({ alg: algorithm, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(issuer)
    .setAudience(provider.audience)
    .setExpirationTime('10m')
    .sign(privateKey);
}
