import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';

describe('calls to a remote target', () => {
  let backend: Backend;
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    backend = await createBackend();
    const upstreams = [backend.url];
    gateway = await createTestGateway({
      plugins: [],
      targets: {
        plain: { upstreams },
        rewritten: { upstreams, stripPrefix: '/api/v1/billing', addPrefix: '/v2' },
        open: { upstreams, public: true, preserveHost: true },
        small: { upstreams, maxBodyBytes: 10 },
        dressed: {
          upstreams,
          forwardAuthorization: true,
          headers: { set: { 'X-Key': 'secret', 'X-User-Id': 'fixed' }, remove: ['Cookie'] },
        },
      },
    });
    token = await gateway.token({ sub: 'jöe', email: 'joe@example.com', org: 'org-a', scope: 'a b' });
  });
  after(async () => {
    await gateway.close();
    await backend.close();
  });
  beforeEach(() => {
    backend.requests.length = 0;
    backend.answer((req, res) => void res.end(`${req.method} ${req.url}`));
  });

  const seen = (): IncomingMessage => {
    const [request] = backend.requests;
    assert.ok(request, 'no request has reached the backend');
    return request;
  };

  /** A request whose body the test writes itself. */
  const open = (target: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
    httpRequest({
      host: '127.0.0.1',
      port: gateway.port,
      method: options.method ?? 'POST',
      path: '/upload',
      headers: { 'X-Target-Server': target, Authorization: `Bearer ${token}`, ...options.headers },
    });

  test('a call keeps its method, path and query', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND']) {
      const answer = await gateway.request('/a%20b/;c=1//d?x=%2F&y', { target: 'plain', token, method });
      assert.equal(answer.text, `${method} /a%20b/;c=1//d?x=%2F&y`);
    }
    const head = await gateway.request('/a', { target: 'plain', token, method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length'), head.text], [200, null, '']);
    assert.equal((await gateway.request('/?', { target: 'plain', token })).text, 'GET /?');
  });

  test('TRACE is refused', async () => {
    const trace = open('plain', { method: 'TRACE' });
    trace.end();
    const [answer] = (await once(trace, 'response')) as [IncomingMessage];
    assert.equal(answer.resume().statusCode, 405);
    assert.equal(backend.requests.length, 0);
  });

  test('paths are rewritten at segment boundaries', async () => {
    const at = async (path: string) => gateway.request(path, { target: 'rewritten', token });
    assert.equal((await at('/api/v1/billing/invoices/7?a=1')).text, 'GET /v2/invoices/7?a=1');
    assert.equal((await at('/api/v1/billing')).text, 'GET /v2');
    assertError(await at('/api/v1/billings'), 'NOT_FOUND');
    assertError(await at('/other'), 'NOT_FOUND');
  });

  test('a call carries the identity of its caller and nothing meant for the gateway alone', async () => {
    await gateway.request('/', {
      target: 'plain',
      token,
      headers: {
        'X-User-Id': 'root',
        X_User_Email: 'root@example.com',
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Prefix': '/x',
        Forwarded: 'for=203.0.113.9',
        'Api-Key': 'k',
        'X-Own': 'kept',
        'X-Organization': 'org-a',
      },
    });
    const { headers } = seen();
    assert.deepEqual(
      [headers['x-user-id'], headers['x-user-email'], headers['x-user-org'], headers['x-user-scope']],
      ['j%C3%B6e', 'joe@example.com', 'org-a', 'a b'],
    );
    for (const name of [
      'x_user_email',
      'x-forwarded-prefix',
      'forwarded',
      'api-key',
      'authorization',
      'x-target-server',
    ])
      assert.equal(headers[name], undefined, name);
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], `127.0.0.1:${gateway.port}`);
    assert.equal(headers.host, `127.0.0.1:${backend.port}`);
    assert.equal(headers['x-own'], 'kept');
    assert.match(String(headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  test('calls of a public target keep Authorization and may keep Host', async () => {
    await gateway.request('/', {
      target: 'open',
      headers: { Authorization: 'Bearer of-the-backend', 'X-User-Id': 'root' },
    });
    const { headers } = seen();
    assert.equal(headers.authorization, 'Bearer of-the-backend');
    assert.equal(headers['x-user-id'], undefined);
    assert.equal(headers.host, `127.0.0.1:${gateway.port}`);
  });

  test('a target sets and removes request headers', async () => {
    await gateway.request('/', { target: 'dressed', token, headers: { 'X-Key': 'guess', Cookie: 'a=1' } });
    const { headers } = seen();
    assert.deepEqual([headers['x-key'], headers.cookie], ['secret', undefined]);
    assert.equal(headers.authorization, `Bearer ${token}`);
  });

  test("a call continues the caller's trace with its own span", async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    const send = (headers: Record<string, string>) => gateway.request('/', { target: 'plain', token, headers });
    await send({ traceparent, tracestate: 'vendor=1' });
    await send({ traceparent: `00-${trace}-0000000000000000-01`, tracestate: 'vendor=1' });
    const [good, bad] = backend.requests.map(({ headers }) => headers);
    assert.match(String(good?.traceparent), new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    assert.equal(good?.tracestate, 'vendor=1');
    assert.doesNotMatch(String(bad?.traceparent), new RegExp(trace));
    assert.equal(bad?.tracestate, undefined);
  });

  test('status, reason, headers and body of the response are passed back', async () => {
    backend.answer((_req, res) => {
      res.writeHead(
        207,
        'Odd Reason',
        [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['X-Back', 'caf\xe9'],
          ['Connection', 'X-Hop'],
          ['X-Hop', 'secret'],
          ['X-Request-Id', 'forged'],
          ['Trailer', 'X-Late'],
          ['Transfer-Encoding', 'chunked'],
        ].flat(),
      );
      res.write('part');
      res.addTrailers({ 'X-Late': '1' });
      res.end();
    });
    const request = open('plain', { method: 'GET', headers: { 'X-Request-Id': 'mine' } });
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    assert.deepEqual([answer.statusCode, answer.statusMessage, text], [207, 'Odd Reason', 'part']);
    assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(answer.headers['x-back'], 'caf\xe9');
    assert.equal(answer.headers['x-request-id'], 'mine');
    for (const name of ['x-hop', 'trailer']) assert.equal(answer.headers[name], undefined, name);
    assert.deepEqual(answer.trailers, {});
  });

  test('a response is streamed as the backend writes it', async () => {
    const goOn = Promise.withResolvers<void>();
    backend.answer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.flushHeaders();
      void goOn.promise.then(() => res.write('data: 1\n\n'));
    });
    const request = open('plain', { method: 'GET' });
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    goOn.resolve();
    const [event] = (await once(answer, 'data')) as [Buffer];
    assert.equal(String(event), 'data: 1\n\n');
    request.destroy();
    await eventually(() => seen().socket.destroyed);
  });

  test('a response may arrive before the request body is complete', async () => {
    backend.answer((req, res) => {
      res.writeHead(403, { Connection: 'close' });
      res.end('enough');
      req.resume();
    });
    const request = open('plain', { headers: { 'Content-Length': '1000000' } });
    request.write('x'.repeat(1000));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    assert.deepEqual([answer.statusCode, text], [403, 'enough']);
    request.destroy();
  });

  test('too large a body gets 413, announced or not', async () => {
    assertError(await gateway.request('/', { target: 'small', token, body: 'x'.repeat(11) }), 'PAYLOAD_TOO_LARGE');
    assert.equal(backend.requests.length, 0);
    const request = open('small', { headers: { 'Transfer-Encoding': 'chunked' } });
    request.on('error', () => undefined);
    request.write('x'.repeat(11));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(answer.resume().statusCode, 413);
    request.destroy();
    assert.equal((await gateway.request('/', { target: 'small', token, body: 'x'.repeat(10) })).status, 200);
  });

  test('a response that the backend breaks off ends with a reset', async () => {
    backend.answer((req, res) => {
      res.writeHead(200);
      res.write('half', () => req.socket.destroy());
    });
    for (const version of ['1.1', '1.0']) {
      const socket = connect({ port: gateway.port, host: '127.0.0.1' });
      socket.write(
        `GET / HTTP/${version}\r\nHost: a\r\nX-Target-Server: plain\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      await assert.rejects(once(socket, 'end'), { code: 'ECONNRESET' }, version);
    }
  });

  test('a call that its client aborts is aborted at the backend', async () => {
    backend.answer(() => undefined);
    const request = open('plain', { method: 'GET' });
    request.on('error', () => undefined);
    request.end();
    await eventually(() => backend.requests.length === 1);
    request.destroy();
    await eventually(() => seen().socket.destroyed);
  });

  test('a request body that breaks off does not look complete to the backend', async () => {
    const whole: boolean[] = [];
    backend.answer((req) => void req.resume().on('close', () => whole.push(req.complete)));
    const request = open('plain', { headers: { 'Transfer-Encoding': 'chunked' } });
    request.on('error', () => undefined);
    request.write('half');
    await eventually(() => backend.requests.length === 1);
    request.destroy();
    await eventually(() => whole.length === 1);
    assert.deepEqual(whole, [false]);
  });
});
