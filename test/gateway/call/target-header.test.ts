import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

describe('X-Target-Server', () => {
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo] });
    token = await gateway.token();
  });
  after(() => gateway.close());

  test('the header selects the target that it names', async () => {
    const answer = await gateway.request('/echo', { target: 'echo', token });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.subject, 'tester');
  });

  test('a request without the header is 400, and the body lists no targets', async () => {
    for (const path of ['/api/v1/anything', '/ech', '/echoes', '/Echo', '/echo%20', '//echo', '/echo;a/b']) {
      const answer = await gateway.request(path, { token });
      assertError(answer, 'TARGET_REQUIRED', path);
      assert.ok(!answer.text.includes('"echo'), answer.text);
    }
  });

  test('an unknown name is 404, and the body shows neither the name nor the targets', async () => {
    const hostile = [
      '',
      'constructor',
      '__proto__',
      'prototype',
      'hasOwnProperty',
      'toString',
      'test-identity',
      'Echo',
      'ECHO',
      'echo,',
      'echo, echo',
      'echo/../echo',
      '*',
      '../echo',
      'http://echo',
      'a'.repeat(300),
      '<script>alert(1)</script>',
      "' or 1=1 --",
      '\u00e9cho',
    ];
    for (const target of hostile) {
      const answer = await gateway.request('/echo', { target, token });
      assertError(answer, 'TARGET_UNKNOWN', target);
      assert.equal(answer.body.error.message, 'The header X-Target-Server names an unknown target.');
    }
  });

  test('surrounding blanks are not part of the value', async () => {
    const line = requestText('GET /echo', ['X-Target-Server: \t echo \t', `Authorization: Bearer ${token}`]);
    assert.equal((await rawRequest(gateway.port, line)).status, 200);
  });

  test('the header takes precedence over own pages and prefixes', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs', '/openapi/echo.json']) {
      assertError(await gateway.request(path, { target: 'echo', token }), 'NOT_FOUND', path);
      assertError(await gateway.request(path, { target: 'unknown', token }), 'TARGET_UNKNOWN', path);
      assertError(await gateway.request(path, { target: 'unknown' }), 'UNAUTHORIZED', path);
    }
    assertError(await gateway.request('/echo', { target: 'unknown', token }), 'TARGET_UNKNOWN');
    assert.equal((await gateway.request('/healthz')).status, 200);
  });

  test('the header is optional under a prefix that the target claims', async () => {
    assert.equal((await gateway.request('/echo', { token })).status, 200);
    assert.deepEqual((await gateway.request('/echo/words/hello%20you', { token })).body, {
      params: { word: 'hello you' },
    });
    assertError(await gateway.request('/echo/nowhere', { token }), 'NOT_FOUND');
  });

  test('an unsupported method is 405 with Allow, and HEAD is served by GET', async () => {
    const wrong = await gateway.request('/echo', { token, method: 'DELETE' });
    assertError(wrong, 'METHOD_NOT_ALLOWED');
    assert.deepEqual((wrong.headers.get('allow') ?? '').split(', ').sort(), ['GET', 'HEAD', 'POST']);
    const head = await gateway.request('/echo', { token, method: 'HEAD' });
    const get = await gateway.request('/echo', { token });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers.get('content-length'), get.headers.get('content-length'));
  });
});
