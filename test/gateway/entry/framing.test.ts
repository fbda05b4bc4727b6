import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

describe('ambiguous requests', () => {
  let gateway: TestGateway;
  let bearer: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo] });
    bearer = `Authorization: Bearer ${await gateway.token()}`;
  });
  after(() => gateway.close());

  const raw = (text: string) => rawRequest(gateway.port, text);
  /** A request that would be answered with 200 without the changes given. */
  const good = (line = 'GET /echo', headers: readonly string[] = [], body = '') =>
    raw(requestText(line, ['X-Target-Server: echo', bearer, ...headers], body));

  test('the request that the other tests vary is accepted', async () => {
    assert.equal((await good()).status, 200);
    const json = ['Content-Type: application/json', 'Content-Length: 2', 'Idempotency-Key: one'];
    assert.equal((await good('POST /echo', json, '{}')).status, 200);
  });

  test('a second value of a header that must not be repeated is refused', async () => {
    const body = ['Content-Type: application/json', 'Content-Length: 2', 'Idempotency-Key: one', 'X-Organization: a'];
    for (const line of [
      'Host: gateway.test',
      'HOST: other.test',
      bearer,
      'authorization: Basic dXNlcjpwYXNz',
      'X-Target-Server: echo',
      'x-target-server: other',
      'Content-Type: application/json',
      'content-type: text/plain',
      'Idempotency-Key: one',
      'IDEMPOTENCY-KEY: two',
      'X-Organization: a',
    ]) {
      const answer = await good('POST /echo', [...body, line], '{}');
      assertError(answer, 'DUPLICATE_HEADER', line);
      assert.equal(answer.body.error.details.header, line.split(':')[0]?.toLowerCase());
    }
  });

  test('a repeated header is refused before authentication, and on public routes too', async () => {
    const doubled = ['X-Target-Server: echo', 'Authorization: a', 'Authorization: b'];
    assertError(await raw(requestText('GET /echo/open', doubled)), 'DUPLICATE_HEADER');
    assertError(await raw(requestText('GET /healthz', ['Host: two'])), 'DUPLICATE_HEADER');
  });

  test('more than 100 headers are refused', async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `X-Filler-${index}: 1`);
    // The request already has Host, Connection, X-Target-Server and Authorization.
    assert.equal((await good('GET /echo', lines(96))).status, 200);
    assertError(await good('GET /echo', lines(97)), 'HEADERS_TOO_LARGE');
    assertError(await raw(requestText('GET /healthz', lines(99))), 'HEADERS_TOO_LARGE');
    assert.equal((await good('GET /echo', Array(97).fill('X-Same: 1'))).status, 431);
  });

  test('more than 16 KiB of headers are refused', async () => {
    assert.equal((await good('GET /echo', [`X-Filler: ${'x'.repeat(14_000)}`])).status, 200);
    for (const answer of [
      await good('GET /echo', [`X-Filler: ${'x'.repeat(17_000)}`]),
      await good(`GET /echo?${'x'.repeat(17_000)}`),
    ]) {
      assert.equal(answer.status, 431, answer.text);
      assert.equal(answer.body.error.code, 'HEADERS_TOO_LARGE');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('connection'), 'close');
    }
  });

  test('HTTP/1.1 without Host is refused', async () => {
    const lines = ['Connection: close', 'X-Target-Server: echo', bearer, '', ''].join('\r\n');
    assertError(await raw(`GET /echo HTTP/1.1\r\n${lines}`), 'BAD_REQUEST');
    assert.equal((await raw(`GET /echo HTTP/1.0\r\n${lines}`)).status, 200);
  });

  test('an unknown expectation is refused', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 2'];
    assertError(await good('POST /echo', [...headers, 'Expect: miracles'], '{}'), 'BAD_REQUEST');
    assert.equal((await good('POST /echo', [...headers, 'Expect: 100-Continue'], '{}')).status, 200);
  });

  test('a malformed Host is refused', async () => {
    const send = (host: string) =>
      raw(
        `GET /echo HTTP/1.1\r\nHost: ${host}\r\n${['Connection: close', 'X-Target-Server: echo', bearer, '', ''].join('\r\n')}`,
      );
    for (const host of ['a', 'a:80', 'a-b.example.com:8080', '127.0.0.1', '[::1]:8080', 'a_b', 'caf%C3%A9', '', ':80'])
      assert.equal((await send(host)).status, 200, host);
    for (const host of [
      'a/b',
      'user@a',
      'a b',
      'a,b',
      'a:port',
      'a#',
      'a?',
      'http://a',
      '[x]',
      '[::1',
      'caf\u00e9',
      'a:123456',
    ])
      assertError(await send(host), 'BAD_REQUEST', host);
  });

  test('an unsupported HTTP version is refused, and the connection closed', async () => {
    for (const version of ['HTTP/2.0', 'HTTP/0.9']) {
      const answer = await raw(
        requestText('GET /echo', ['X-Target-Server: echo', bearer]).replace('HTTP/1.1', version),
      );
      assertError(answer, 'BAD_REQUEST', version);
      assert.equal(answer.headers.get('connection'), 'close');
    }
  });

  test('a transfer encoding other than chunked, or chunked with HTTP/1.0, is refused', async () => {
    const post = (encoding: string) =>
      requestText(
        'POST /echo',
        ['X-Target-Server: echo', bearer, 'Content-Type: application/json', `Transfer-Encoding: ${encoding}`],
        '2\r\n{}\r\n0\r\n\r\n',
      );
    assert.equal((await raw(post('chunked'))).status, 200);
    assert.equal((await raw(post('Chunked'))).status, 200);
    for (const request of [
      post('gzip, chunked'),
      post('identity, chunked'),
      post('cow\r\nTransfer-Encoding: chunked'),
      post('chunked').replace('HTTP/1.1', 'HTTP/1.0'),
    ]) {
      const answer = await raw(request);
      assertError(answer, 'BAD_REQUEST', request);
      assert.equal(answer.headers.get('connection'), 'close');
    }
  });

  test('a request target that is not a path is refused', async () => {
    for (const target of [
      'http://gateway.test/echo',
      'https://other.test/echo',
      'HTTP://gateway.test/echo',
      'ftp://x/echo',
    ])
      assertError(await good(`GET ${target}`), 'BAD_REQUEST_TARGET', target);
    assertError(await good('OPTIONS *'), 'BAD_REQUEST_TARGET');
    assertError(await raw(requestText('OPTIONS *')), 'BAD_REQUEST_TARGET');
  });

  test('paths that a backend might resolve differently are refused', async () => {
    for (const path of [
      '/../echo',
      '/./echo',
      '/echo/..',
      '/echo/.',
      '/echo/../echo',
      '/%2e%2e/echo',
      '/%2E/echo',
      '/.%2e/echo',
      '/%2e./echo',
      '/echo/%2e%2E',
      '/..;/echo',
      '/..;a=b/echo',
      '/.;/echo',
      '/%2e%2e;/echo',
      '/..%3b/echo',
      '/echo#open',
      '/echo?a#b',
      '/echo%2fopen',
      '/echo%2Fopen',
      '/echo%5copen',
      '/echo%5Copen',
      '/echo\\open',
      '/\\echo',
      '/echo%00',
      '/echo/words/a%00b',
      '/echo%',
      '/echo%2',
      '/echo%zz',
      '/echo/words/%g0',
    ]) {
      assertError(await good(`GET ${path}`), 'BAD_REQUEST_TARGET', path);
      assertError(await raw(requestText(`GET ${path}`)), 'BAD_REQUEST_TARGET', `${path} without credentials`);
    }
  });

  test('percent-encoding that is not UTF-8 is refused for authenticated callers', async () => {
    for (const path of ['/echo/words/%ff', '/echo/words/%c3%28', '/echo/words/%ed%a0%80'])
      assertError(await good(`GET ${path}`), 'BAD_REQUEST_TARGET', path);
  });

  test('bytes beyond ASCII in the request target are refused', async () => {
    for (const path of ['/echo/words/\u00fc', '/echo?\u00fc=1', '/echo/words/\u00c3\u00bc']) {
      const answer = await good(`GET ${path}`);
      assert.equal(answer.status, 400, path);
      assert.match(answer.body.error.code, /^BAD_REQUEST/);
    }
  });

  test('other spellings of a path do not match its route', async () => {
    for (const path of [
      '//echo',
      '/echo/',
      '/echo//words/a',
      '/ECHO',
      '/%65cho',
      '/echo/words/',
      '/echo;x',
      '/echo/words',
    ])
      assertError(await good(`GET ${path}`), 'NOT_FOUND', path);
    for (const [path, word] of [
      ['/echo/words/..a', '..a'],
      ['/echo/words/...', '...'],
      ['/echo/words/a.b', 'a.b'],
      ['/echo/words/%252e', '%2e'],
      ['/echo/words/%25', '%'],
      ['/echo/words/a+b', 'a+b'],
      ['/echo/words/__proto__', '__proto__'],
    ] as const) {
      const answer = await good(`GET ${path}`);
      assert.deepEqual(answer.body, { params: { word } }, path);
    }
  });

  test('a query may contain sequences that are refused in a path', async () => {
    assertError(await good('GET /echo?a=/../b'), 'VALIDATION_ERROR');
    assertError(await good('GET /echo?%'), 'VALIDATION_ERROR');
    assert.equal((await good('GET /echo?')).status, 200);
  });
});

describe('methods that no route serves', () => {
  let gateway: TestGateway;
  let headers: string[];

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo] });
    headers = ['X-Target-Server: echo', `Authorization: Bearer ${await gateway.token()}`];
  });
  after(() => gateway.close());

  test('TRACE is refused and echoes nothing', async () => {
    const answer = await rawRequest(gateway.port, requestText('TRACE /echo', [...headers, 'X-Secret: tr4ce']));
    assertError(answer, 'METHOD_NOT_ALLOWED');
    assert.ok(!answer.text.includes('tr4ce'));
    assertError(await rawRequest(gateway.port, requestText('TRACE /echo')), 'UNAUTHORIZED');
    assertError(await rawRequest(gateway.port, requestText('TRACE /healthz')), 'METHOD_NOT_ALLOWED');
  });

  test('CONNECT opens no tunnel', async () => {
    for (const target of ['other.test:443', '127.0.0.1:22', '/echo']) {
      const answer = await rawRequest(gateway.port, requestText(`CONNECT ${target}`, headers));
      assert.equal(answer.status, 405, target);
      assert.equal(answer.body.error.code, 'METHOD_NOT_ALLOWED');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  test('unknown methods are refused as invalid HTTP', async () => {
    for (const method of ['BREW', 'get', 'GET\tX']) {
      const answer = await rawRequest(gateway.port, requestText(`${method} /echo`, headers));
      assert.equal(answer.status, 400, method);
      assert.equal(answer.body.error.code, 'BAD_REQUEST');
    }
  });
});
