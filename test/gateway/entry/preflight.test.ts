import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const friend = 'https://app.example.com';
const strangers = [
  'https://evil.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://APP.example.com',
  'https://app.example.com.evil.com',
  'https://app.example.com/',
  'null',
  '*',
];
const asking = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization,x-target-server'];

describe('calls from web pages', () => {
  let gateway: TestGateway;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo], env: { CORS_ORIGINS: `${friend},https://b.example.com` } });
  });
  after(() => gateway.close());

  const options = (headers: readonly string[], path = '/echo') =>
    rawRequest(gateway.port, requestText(`OPTIONS ${path}`, headers));

  test('the preflight of a listed origin is answered, for any path and without credentials', async () => {
    for (const path of ['/echo', '/api/v1/nothing']) {
      const answer = await options([`Origin: ${friend}`, ...asking], path);
      assert.equal(answer.status, 204);
      assert.equal(answer.headers.get('access-control-allow-origin'), friend);
      assert.match(String(answer.headers.get('vary')), /Origin/);
      assert.match(String(answer.headers.get('access-control-allow-methods')), /DELETE/);
      for (const name of ['Authorization', 'X-Target-Server', 'Idempotency-Key', 'If-Match', 'Content-Type'])
        assert.match(String(answer.headers.get('access-control-allow-headers')), new RegExp(name));
      assert.equal(answer.headers.get('access-control-allow-credentials'), undefined);
      assert.ok(answer.headers.get('x-request-id'));
    }
  });

  test('other origins get neither a preflight response nor permission', async () => {
    for (const origin of strangers) {
      const preflight = await options([`Origin: ${origin}`, ...asking]);
      assertError(preflight, 'UNAUTHORIZED', origin);
      assert.equal(preflight.headers.get('access-control-allow-origin'), undefined);
      const call = await gateway.request('/echo/open', { target: 'echo', headers: { Origin: origin } });
      assert.equal(call.headers.get('access-control-allow-origin'), null);
    }
  });

  test('OPTIONS without credentials is 401, also if it announces credentials', async () => {
    const lines = [
      [],
      ['Access-Control-Request-Headers: authorization'],
      ['X-Target-Server: echo', 'Access-Control-Request-Headers: Authorization, X-Target-Server'],
      ['X-Target-Server: echo', ...asking],
      [`Origin: ${friend}`, 'Access-Control-Request-Headers: authorization'],
      ['X-Target-Server: echo', 'Authorization: Bearer nonsense', 'Access-Control-Request-Headers: authorization'],
    ];
    for (const headers of lines) assertError(await options(headers), 'UNAUTHORIZED', headers.join());
  });

  test('OPTIONS with credentials is treated like any other method', async () => {
    const bearer = `Authorization: Bearer ${await gateway.token()}`;
    assertError(await options([bearer, 'X-Target-Server: echo', ...asking]), 'METHOD_NOT_ALLOWED');
    assertError(await options([bearer, 'X-Target-Server: unknown']), 'TARGET_UNKNOWN');
  });

  test('a listed origin may read responses, refusals included', async () => {
    const token = await gateway.token();
    const good = await gateway.request('/echo', { target: 'echo', token, headers: { Origin: friend } });
    const bad = await gateway.request('/echo', { target: 'echo', headers: { Origin: friend } });
    assertError(bad, 'UNAUTHORIZED');
    for (const answer of [good, bad]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), friend);
      assert.match(String(answer.headers.get('vary')), /\bOrigin\b/);
      for (const name of [/X-Request-Id/, /\bETag\b/])
        assert.match(String(answer.headers.get('access-control-expose-headers')), name);
    }
  });
});

test('without CORS_ORIGINS no origin gets permission', async () => {
  const gateway = await createTestGateway({ plugins: [echo] });
  try {
    const answer = await rawRequest(gateway.port, requestText('OPTIONS /echo', [`Origin: ${friend}`, ...asking]));
    assertError(answer, 'UNAUTHORIZED');
    assert.equal(answer.headers.get('access-control-allow-origin'), undefined);
  } finally {
    await gateway.close();
  }
});
