import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { forwarding, identity, otherPaths } from '../../../conformance/attacks/spoofing.ts';
import { headerOf } from '../../../conformance/client.ts';
import type { Arrived } from '../../../conformance/recording-backend.ts';
import {
  type AttackGateway,
  type AttackGatewayOptions,
  attacksOnOneGateway,
  createAttackGateway,
} from './attack-gateway.ts';

const { attackEach } = attacksOnOneGateway();

attackEach('spoofed identity headers', identity);
attackEach('spoofed forwarding headers', forwarding);
attackEach('headers that replace the authorised path', otherPaths);

let place: AttackGateway;

function on(options: AttackGatewayOptions): void {
  before(async () => {
    place = await createAttackGateway(options);
  });
  after(() => place.close());
}

async function send(lines: readonly string[]): Promise<Arrived> {
  const { lab, backend } = place;
  backend.clear();
  const client = await lab.open();
  const all = [...lines, 'Connection: close'];
  client.write(lab.request({ target: lab.path(), lines: all }));
  assert.equal((await client.answer(1, lab.patienceMs)).status, 200);
  await client.leave(lab.patienceMs);
  return backend.arrived[0] as Arrived;
}

describe('headers for the backend', () => {
  on({});

  test('the backend gets caller, address and host as the gateway sees them', async () => {
    const seen = await send(['X-User-Id: mallory', 'x_user_id: mallory', 'X-Forwarded-For: 192.0.2.1']);
    assert.equal(headerOf(seen, 'x-user-scope'), 'raw:read raw:write');
    assert.ok(headerOf(seen, 'x-user-id'));
    assert.equal(headerOf(seen, 'x-forwarded-for'), '127.0.0.1');
    assert.equal(headerOf(seen, 'x-forwarded-proto'), 'http');
    assert.equal(headerOf(seen, 'x-forwarded-host'), new URL(place.gateway.url).host);
    assert.equal(headerOf(seen, 'host'), `127.0.0.1:${place.backend.port}`);
  });

  test('other X-User headers of a client do not reach the backend', async () => {
    const seen = await send(['X-User-Roles: s3cret', 'x-user-: s3cret', 'X_USER_IS_ADMIN: s3cret']);
    assert.ok(!seen.head.includes('s3cret'), seen.head);
  });

  test('credentials and headers for the gateway are not forwarded', async () => {
    const { token } = place;
    const seen = await send([
      'Api-Key: s3cret',
      'Api-Secret: s3cret',
      'API_KEY: s3cret',
      'Proxy-Authorization: s3cret',
    ]);
    assert.doesNotMatch(seen.head, /s3cret|x-target-server|authorization/i);
    assert.ok(!seen.head.includes(token));
  });

  test('a request id that could forge log entries is replaced', async () => {
    for (const id of ['a b', 'a"b', 'x'.repeat(65), '<script>', 'a\tb']) {
      const seen = headerOf(await send([`X-Request-Id: ${id}`]), 'x-request-id');
      assert.match(seen ?? '', /^[0-9a-f-]{36}$/);
    }
  });

  test('a malformed or repeated traceparent is replaced, and tracestate is dropped', async () => {
    for (const lines of [
      ['traceparent: 00-spoofed-spoofed-01'],
      [`traceparent: 00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
      [`traceparent: ff-${'a'.repeat(32)}-00f067aa0ba902b7-01`],
      [
        `traceparent: 00-${'a'.repeat(32)}-00f067aa0ba902b7-01`,
        `traceparent: 00-${'b'.repeat(32)}-00f067aa0ba902b7-01`,
      ],
    ]) {
      const seen = await send([...lines, 'tracestate: spoofed=1']);
      assert.match(headerOf(seen, 'traceparent') ?? '', /^00-(?!0{32}|a{32}|b{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      assert.equal(headerOf(seen, 'tracestate'), undefined);
    }
  });
});

describe('an untrusted proxy', () => {
  on({ env: { TRUSTED_PROXIES: '192.0.2.0/24' } });

  test('forwarding headers of an untrusted proxy are ignored', async () => {
    const seen = await send(['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: spoofed']);
    assert.equal(headerOf(seen, 'x-forwarded-for'), '127.0.0.1');
    assert.equal(headerOf(seen, 'x-forwarded-proto'), 'http');
    assert.doesNotMatch(seen.head, /spoofed/);
  });
});

describe('a trusted proxy', () => {
  on({ env: { TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' } });

  test('forwarding headers of a trusted proxy apply, and the client is the rightmost untrusted address', async () => {
    const lines = [
      'X-Forwarded-For: 203.0.113.66, 198.51.100.7',
      'X-Forwarded-For: 10.1.2.3',
      'X-Forwarded-Proto: https',
    ];
    const seen = await send([...lines, 'X-Forwarded-Host: shop.example.com', 'X-Real-IP: 203.0.113.66']);
    assert.equal(headerOf(seen, 'x-forwarded-for'), '198.51.100.7');
    assert.equal(headerOf(seen, 'x-forwarded-proto'), 'https');
    assert.equal(headerOf(seen, 'x-forwarded-host'), 'shop.example.com');
    assert.equal(headerOf(seen, 'x-real-ip'), undefined);
  });

  test('malformed forwarding headers of a trusted proxy are ignored', async () => {
    for (const [name, value] of [
      ['X-Forwarded-For', 'spoofed'],
      ['X-Forwarded-For', '198.51.100.7, spoofed'],
      ['X-Forwarded-Proto', 'spoofed'],
      ['X-Forwarded-Proto', 'https, http'],
      ['X-Forwarded-Host', 'a.test, spoofed'],
      ['X-Forwarded-Host', 'user@spoofed'],
      ['X-Forwarded-Host', 'spoofed/path'],
      ['X_Forwarded_For', '198.51.100.7'],
      ['Forwarded', 'for=spoofed'],
    ] as const) {
      const seen = await send([`${name}: ${value}`]);
      assert.doesNotMatch(seen.head, /spoofed|https|198\.51/, `${name}: ${value}`);
      assert.equal(headerOf(seen, 'x-forwarded-for'), '127.0.0.1');
    }
  });
});

describe('a public target', () => {
  on({ target: { public: true } });

  test('a public target gets Authorization unchanged and no identity headers', async () => {
    const lines = ['X-User-Id: mallory', 'X_USER_EMAIL: mallory', 'x-user-org: mallory', 'X-User-Scope: mallory'];
    const seen = await send(lines);
    assert.doesNotMatch(seen.head, /mallory|x.user.(?:id|email|org|scope)/i);
    assert.equal(headerOf(seen, 'authorization'), `Bearer ${place.token}`);
  });
});
