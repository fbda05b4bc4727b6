import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertError } from '../../support/assert-error.ts';
import { type RawAnswer, rawRequest, requestText } from '../../support/raw-request.ts';
import { type AttackGateway, createAttackGateway } from './attack-gateway.ts';

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('credentials in front of a backend', () => {
  let place: AttackGateway;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;
  let signature: string;

  before(async () => {
    place = await createAttackGateway({ target: { scopes: ['raw:read'] } });
    const parts = place.token.split('.');
    const [first, second] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    header = first;
    claims = second;
    signature = parts[2] as string;
  });
  after(() => place.close());

  const send = (lines: readonly string[], line = 'GET /secret'): Promise<RawAnswer> =>
    rawRequest(place.gateway.port, requestText(line, ['X-Target-Server: raw', ...lines]));

  async function assertRefused(token: string, note: string): Promise<void> {
    assertError(await send([`Authorization: Bearer ${token}`]), 'UNAUTHORIZED', note);
    assert.deepEqual(place.backend.arrived, [], note);
  }

  test('a call with a valid token reaches the backend', async () => {
    assert.equal((await send([`Authorization: Bearer ${place.token}`])).status, 200);
    place.backend.clear();
  });

  test('tokens that name their own key or algorithm are refused, and no key is fetched', async () => {
    const elsewhere = `http://127.0.0.1:${place.backend.port}/keys`;
    for (const more of [
      { jku: elsewhere },
      { x5u: elsewhere },
      { kid: elsewhere },
      { kid: '../../../../dev/null' },
      { kid: "x' union select 'a' -- " },
      { kid: '| curl x' },
      { kid: ['a'] },
      { kid: 'a'.repeat(8000) },
      { jwk: { kty: 'oct', k: 'AAAA' }, alg: 'HS256' },
      { x5c: ['AAAA'] },
      { alg: 'none' },
      { alg: 'nOnE' },
      { alg: 'HS256' },
      { alg: 'ES256K' },
      { crit: ['b64'], b64: false },
      { zip: 'DEF', cty: 'JWT', alg: 'dir', enc: 'A128GCM' },
    ])
      await assertRefused(
        `${encode({ ...header, ...more })}.${encode(claims)}.${signature}`,
        JSON.stringify(more).slice(0, 60),
      );
  });

  test('tokens with changed claims are refused', async () => {
    for (const more of [
      { sub: 'admin' },
      { scope: 'gateway:admin' },
      { org: '*' },
      { exp: 9_999_999_999 },
      { iss: 'hookgate' },
      { aud: '*' },
    ])
      await assertRefused(`${encode(header)}.${encode({ ...claims, ...more })}.${signature}`, JSON.stringify(more));
  });

  test('tokens with a malformed signature are refused', async () => {
    const start = place.token.slice(0, -signature.length);
    const zeros = Buffer.alloc(64).toString('base64url');
    const der = Buffer.from('3006020100020100', 'hex').toString('base64url');
    for (const other of ['', 'AA', zeros, der, `${signature}AA`, signature.slice(0, -2), `${signature}.${signature}`])
      await assertRefused(start + other, other);
  });

  test('credentials in other places or formats are refused', async () => {
    const { token } = place;
    for (const lines of [
      [],
      ['Authorization:'],
      ['Authorization: Bearer'],
      [`Authorization: ${token}`],
      [`Authorization: Bearer ${token} x`],
      [`Authorization: Bearer ${token}, Bearer ${token}`],
      [`Authorization: Bearer "${token}"`],
      [`Authorization: Bearer\t${token}`],
      [`Authorization: Bearer=${token}`],
      [`Authorization: Negotiate ${token}`],
      [`Authorization: Basic ${token}`],
      [`Authorization: Basic ${Buffer.from('tester:tester').toString('base64')}`],
      ['Authorization: Digest username="tester"'],
      [`Proxy-Authorization: Bearer ${token}`],
      [`X-Authorization: Bearer ${token}`],
      [`Authorization_: Bearer ${token}`],
      [`HTTP_AUTHORIZATION: Bearer ${token}`],
      [`Cookie: token=${token}; Authorization=Bearer ${token}`],
      ['X-User-Id: tester', 'X-User-Scope: raw:read'],
      ['Api-Key: tester', 'Api-Secret: tester'],
    ]) {
      assertError(await send(lines), 'UNAUTHORIZED', lines.join().slice(0, 60));
      assert.deepEqual(place.backend.arrived, [], lines.join());
    }
    for (const line of [`GET /secret?access_token=${token}`, `GET /secret?token=${token}`])
      assertError(await send([], line), 'UNAUTHORIZED', line.slice(0, 30));
    assert.deepEqual(place.backend.arrived, []);
  });

  test('two Authorization headers are refused, even if one is valid', async () => {
    const good = `Authorization: Bearer ${place.token}`;
    for (const lines of [
      [good, 'Authorization: Bearer x'],
      ['authorization: Bearer x', good],
      [good, good],
    ])
      assertError(await send(lines), 'DUPLICATE_HEADER');
    assert.deepEqual(place.backend.arrived, []);
  });

  test('every method requires credentials, including OPTIONS that asks about Authorization', async () => {
    for (const method of ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE'])
      assert.equal(
        (await send(['Access-Control-Request-Headers: authorization'], `${method} /secret`)).status,
        401,
        method,
      );
    assert.deepEqual(place.backend.arrived, []);
  });

  test('a token without the required scope gets 403', async () => {
    const token = await place.gateway.token({ scope: 'raw:write' });
    assertError(await send([`Authorization: Bearer ${token}`]), 'FORBIDDEN');
    assert.deepEqual(place.backend.arrived, []);
  });

  test('a misspelt target name reaches no backend, even with valid credentials', async () => {
    const good = `Authorization: Bearer ${place.token}`;
    for (const name of ['RAW', 'Raw', 'raw ,', 'raw,raw', 'raw/', '../raw', '__proto__', 'constructor', ' raw x'])
      assertError(
        await rawRequest(place.gateway.port, requestText('GET /secret', [`X-Target-Server: ${name}`, good])),
        'TARGET_UNKNOWN',
        name,
      );
    assert.deepEqual(place.backend.arrived, []);
  });
});
