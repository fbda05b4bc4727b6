import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { principalFromClaims } from '../../../src/gateway/caller/principal.ts';
import { definePlugin } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';

type Part = Record<string, unknown>;

const issuer = 'https://crafted.test';
const audience = 'crafted';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token with arbitrary header and claims, always signed with RS256, even if its header claims otherwise. */
function craft(header: Part, claims: unknown, key: KeyObject = rsa.privateKey): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

const crafted = definePlugin({
  name: 'crafted',
  apiVersion: 1,
  setup({ provideIdentity }) {
    provideIdentity({
      issuer: {
        issuer,
        audience,
        algorithms: ['RS256'],
        keyFor: async (keyId) => (keyId === undefined || keyId === 'known' ? rsa.publicKey : undefined),
        principalFor: async (claims) =>
          principalFromClaims(claims, { organization: 'org', scope: 'scope' }, () => true),
      },
    });
    return { routes: [] };
  },
});

describe('bearer tokens', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [crafted, echo] });
  });
  after(() => gateway.close());

  const seconds = (): number => Math.floor(gateway.clock.now() / 1_000_000);
  const goodHeader = { alg: 'RS256', typ: 'JWT', kid: 'known' };
  const goodClaims = (): Part => ({ iss: issuer, aud: audience, sub: 'joe', org: 'myorg', exp: seconds() + 600 });
  const without = (name: string): Part => ({ ...goodClaims(), [name]: undefined });
  const call = (token: string) => gateway.request('/echo', { target: 'echo', token });

  /** The reason of the last refused call in the access log. */
  async function reason(): Promise<string> {
    await gateway.app.foundation.log.flush();
    return JSON.parse(gateway.log.findLast((line) => line.includes('"status":401')) ?? '{}').reason;
  }

  async function assertRefused(token: string, why: RegExp, note: string): Promise<void> {
    const answer = await call(token);
    assertError(answer, 'UNAUTHORIZED', note);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"');
    assert.match(await reason(), why, note);
  }

  test('a valid token passes, and its claims name the caller', async () => {
    const answer = await call(craft(goodHeader, goodClaims()));
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { subject: 'joe', organization: 'myorg', issuer });
    assert.equal((await call(craft({ alg: 'RS256' }, { ...goodClaims(), aud: ['other', audience] }))).status, 200);
  });

  test('tokens with missing, wrong or outdated claims are refused', async () => {
    const cases: readonly [Part, RegExp][] = [
      [without('exp'), /no expiry/],
      [{ ...goodClaims(), exp: String(seconds() + 600) }, /exp/],
      [{ ...goodClaims(), exp: null }, /exp/],
      [{ ...goodClaims(), exp: seconds() - 6 }, /expired/],
      [{ ...goodClaims(), exp: 0 }, /expir/],
      [{ ...goodClaims(), nbf: seconds() + 60 }, /not active/],
      [without('aud'), /audience/],
      [{ ...goodClaims(), aud: 'other' }, /audience/],
      [{ ...goodClaims(), aud: [] }, /audience/],
      [{ ...goodClaims(), aud: 'CRAFTED' }, /audience/],
      [{ ...goodClaims(), aud: 'crafted2' }, /audience/],
      [without('iss'), /unknown issuer/],
      [{ ...goodClaims(), iss: 'https://evil.test' }, /unknown issuer/],
      [{ ...goodClaims(), iss: `${issuer}/` }, /unknown issuer/],
      [{ ...goodClaims(), iss: [issuer] }, /issuer/],
      [{ ...goodClaims(), iss: 'https://issuer.test' }, /algorithm/],
      [without('sub'), /no principal/],
      [{ ...goodClaims(), sub: '' }, /no principal/],
      [{ ...goodClaims(), sub: 17 }, /no principal/],
    ];
    for (const [claims, why] of cases) await assertRefused(craft(goodHeader, claims), why, JSON.stringify(claims));
  });

  test('headers that would change the verification are refused', async () => {
    const cases: readonly [Part, RegExp][] = [
      [{ ...goodHeader, alg: 'none' }, /algorithm/],
      [{ ...goodHeader, alg: 'NONE' }, /algorithm/],
      [{ ...goodHeader, alg: 'RS512' }, /algorithm/],
      [{ ...goodHeader, alg: 'HS256' }, /algorithm/],
      [{ ...goodHeader, alg: undefined }, /algorithm/],
      [{ ...goodHeader, alg: ['RS256'] }, /./],
      [{ ...goodHeader, kid: 'unknown' }, /unknown key/],
      [{ ...goodHeader, kid: '../../known' }, /unknown key/],
      [{ ...goodHeader, crit: ['exp'] }, /critical/],
      [{ ...goodHeader, crit: [] }, /critical/],
      [{ ...goodHeader, crit: null, 'http://x': 1 }, /critical/],
    ];
    for (const [header, why] of cases) await assertRefused(craft(header, goodClaims()), why, JSON.stringify(header));
  });

  test('missing signatures, and signatures of other keys or bytes, are refused', async () => {
    const token = craft(goodHeader, goodClaims());
    const [header = '', claims = '', signature = ''] = token.split('.');
    const raised = encode({ ...goodClaims(), sub: 'admin' });
    const flipped = Buffer.from(signature, 'base64url');
    flipped.writeUInt8(flipped.readUInt8(7) ^ 1, 7);
    const unsigned = `${encode({ alg: 'none' })}.${claims}`;
    for (const bad of [
      `${header}.${raised}.${signature}`,
      `${header}.${claims}.${flipped.toString('base64url')}`,
      `${header}.${claims}.`,
      `${header}.${claims}.AA`,
      `${header}.${claims}`,
      `${unsigned}.`,
      unsigned,
      `${unsigned}.${signature}`,
      `${token}.${signature}`,
      `${encode({ ...goodHeader, jwk: otherRsa.publicKey.export({ format: 'jwk' }) })}.${claims}.${signature}`,
      craft(goodHeader, goodClaims(), otherRsa.privateKey),
      craft({ ...goodHeader, jwk: otherRsa.publicKey.export({ format: 'jwk' }) }, goodClaims(), otherRsa.privateKey),
    ])
      await assertRefused(bad, /signature|token|algorithm/, bad.slice(0, 60));
  });

  test('an HMAC with the public key as its secret is refused', async () => {
    const spellings = [
      rsa.publicKey.export({ type: 'spki', format: 'pem' }),
      rsa.publicKey.export({ type: 'spki', format: 'der' }),
      rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }),
    ];
    for (const secret of spellings) {
      for (const alg of ['HS256', 'RS256']) {
        const text = `${encode({ ...goodHeader, alg })}.${encode(goodClaims())}`;
        const mac = createHmac('sha256', secret).update(text).digest('base64url');
        await assertRefused(`${text}.${mac}`, /algorithm|signature/, alg);
      }
    }
  });

  test('texts that only resemble tokens are refused', async () => {
    const [header = '', claims = ''] = craft(goodHeader, goodClaims()).split('.');
    for (const bad of ['...', 'a.b.c', `${header}..x`, `.${claims}.x`, `${encode(null)}.${claims}.x`, `e30.e30.x`])
      await assertRefused(bad, /token|issuer/, bad.slice(0, 30));
    for (const odd of [null, 17, 'text', [goodClaims()]])
      await assertRefused(craft(goodHeader, odd), /./, JSON.stringify(odd));
  });

  test('a cached token is refused after its expiry', async () => {
    const token = craft(goodHeader, { ...goodClaims(), exp: seconds() + 30 });
    assert.equal((await call(token)).status, 200);
    gateway.clock.advance(25_000);
    assert.equal((await call(token)).status, 200);
    // Within the leeway.
    gateway.clock.advance(6_000);
    assert.equal((await call(token)).status, 200);
    gateway.clock.advance(6_000);
    await assertRefused(token, /expired/, 'cached');
  });

  test('exp and nbf that are a few seconds off are accepted, further ones are refused', async () => {
    const times = (changes: (now: number) => Part) => craft(goodHeader, { ...goodClaims(), ...changes(seconds()) });
    for (const change of [(now: number) => ({ exp: now - 1 }), (now: number) => ({ nbf: now + 4, iat: now + 4 })])
      assert.equal((await call(times(change))).status, 200);
    await assertRefused(
      times((now) => ({ exp: now - 5 })),
      /expired/,
      'exp',
    );
    await assertRefused(
      times((now) => ({ nbf: now + 30 })),
      /not active/,
      'nbf',
    );
  });

  test('the leeway is a setting', async () => {
    const clock = gateway.clock;
    for (const [JWT_LEEWAY_S, allowed, refused] of [
      ['0', 0, 1],
      ['300', 290, 301],
    ] as const) {
      const other = await createTestGateway({ plugins: [crafted, echo], clock, env: { JWT_LEEWAY_S } });
      const statusOf = async (claims: Part) =>
        (await other.request('/echo', { target: 'echo', token: craft(goodHeader, { ...goodClaims(), ...claims }) }))
          .status;
      try {
        assert.equal(await statusOf({ nbf: seconds() + allowed }), 200);
        assert.equal(await statusOf({ exp: seconds() - refused }), 401);
        assert.equal(await statusOf({ nbf: seconds() + refused + 20 }), 401);
      } finally {
        await other.close();
      }
    }
  });

  test('a cached token does not admit a similar one', async () => {
    const token = craft(goodHeader, goodClaims());
    assert.equal((await call(token)).status, 200);
    await assertRefused(`${token.slice(0, -4)}AAAA`, /signature/, 'another signature');
  });

  test('the authentication scheme is case-insensitive', async () => {
    const token = craft(goodHeader, goodClaims());
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      const answer = await gateway.request('/echo', { headers: { Authorization: `${scheme} ${token}` } });
      assert.equal(answer.status, 200, scheme);
    }
  });
});

test('the claim client_id names the application if it is a valid name', () => {
  const applicationOf = (client: unknown) => {
    const claims = { iss: 'https://issuer.test', sub: 'joe', client_id: client };
    return principalFromClaims(claims, { organization: 'org', scope: 'scope' }, () => true)?.application;
  };
  for (const name of ['Weather app', 'x'.repeat(190), '天気']) assert.equal(applicationOf(name), name);
  for (const name of [undefined, null, '', 'x'.repeat(191), 'a\nb', '\0', '\ud800', 7, ['app'], {}])
    assert.equal(applicationOf(name), undefined, JSON.stringify(name));
});
