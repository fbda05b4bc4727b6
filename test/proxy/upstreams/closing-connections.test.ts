import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { selfSigned } from '../../support/certificate.ts';

/** Position of a request on its connection, from 1. */
type React = (socket: Socket, position: number, bytes: string) => void;

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n';
const answer = (socket: Socket, more = ''): void => void socket.write(`${ok}${more}\r\nfine`);

/** The length of the first complete request in a text; undefined while it is incomplete. */
function requestEnd(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1] ?? 0);
  const isChunked = /\r\ntransfer-encoding: chunked/i.test(text.slice(0, head + 2));
  const end = isChunked ? text.indexOf('\r\n0\r\n\r\n') + 7 : head + 4 + length;
  return (isChunked && end === 6) || text.length < end ? undefined : end;
}

describe('connections that the backend is closing', () => {
  let backend: Server;
  const sockets = new Set<Socket>();
  /** All bytes received, as latin1. */
  let bytes = '';
  let gateway: TestGateway;
  /** Called with each complete request. */
  let onRequest: React;
  /** Called with each piece of data, before the request in it is complete. */
  let onData: React;
  /** First lines of all complete requests. */
  let requests: string[];
  let connections: number;

  before(async () => {
    backend = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      connections += 1;
      let position = 1;
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        bytes += chunk.toString('latin1');
        onData(socket, position, received);
        for (let end = requestEnd(received); end !== undefined && !socket.destroyed; end = requestEnd(received)) {
          const complete = received.slice(0, end);
          received = received.slice(end);
          requests.push(complete.slice(0, complete.indexOf(' HTTP/')));
          onRequest(socket, position, complete);
          position += 1;
        }
      });
    });
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
    const { port } = backend.address() as AddressInfo;
    gateway = await createTestGateway({
      plugins: [],
      targets: {
        a: {
          upstreams: [`http://127.0.0.1:${port}`],
          public: true,
          breaker: { failures: 1000 },
          timeouts: { headersMs: 5000 },
        },
      },
    });
  });
  after(async () => {
    await gateway.close();
    for (const socket of sockets) socket.destroy();
    backend.close();
    await once(backend, 'close');
  });
  beforeEach(() => {
    for (const socket of sockets) socket.destroy();
    bytes = '';
    requests = [];
    connections = 0;
    onData = () => undefined;
    onRequest = (socket) => answer(socket);
  });

  const call = async (method: string, path = '/', body?: string): Promise<number> => {
    const framing =
      body === '' ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': Buffer.byteLength(body ?? '') };
    const headers = { 'X-Target-Server': 'a', ...(body === undefined ? {} : framing) };
    const calling = request(gateway.url + path, { method, headers, agent: false });
    calling.end(body);
    const [answered] = (await once(calling, 'response')) as [IncomingMessage];
    await text(answered);
    return answered.statusCode ?? 0;
  };
  /** Calls after a first call, which leaves an idle connection. */
  async function callOnUsed(method: string, body?: string): Promise<number> {
    assert.equal(await call('GET', '/first'), 200);
    const status = await call(method, '/second', body);
    assert.equal(requests.shift(), 'GET /first');
    return status;
  }
  const closings = [
    ['ends', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ] as const;

  for (const [how, close] of closings) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      test(`${method} is sent again when the backend ${how} a used connection`, async () => {
        onRequest = (socket, position) => (position === 1 ? answer(socket) : close(socket));
        assert.equal(await callOnUsed(method), 200);
        assert.deepEqual(requests, [`${method} /second`, `${method} /second`]);
        assert.equal(connections, 2);
      });
    }

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'GET']) {
      test(`${method} with a body is sent again when the backend ${how} at its head`, async () => {
        onData = (socket, position) => {
          if (position > 1) close(socket);
        };
        assert.equal(await callOnUsed(method, 'body'), 200);
        assert.deepEqual(requests, [`${method} /second`]);
        assert.equal(bytes.split('body').length, 2);
      });
    }

    test(`POST is not sent again when the backend ${how} after its body`, async () => {
      onRequest = (socket, position) => (position === 1 ? answer(socket) : close(socket));
      assert.equal(await callOnUsed('POST', 'body'), 502);
      assert.deepEqual(requests, ['POST /second']);
    });

    test(`POST and DELETE without a body are not sent again when the backend ${how}`, async () => {
      onRequest = (socket, position) => (position === 1 ? answer(socket) : close(socket));
      for (const method of ['POST', 'DELETE']) {
        for (const body of [undefined, '']) {
          assert.equal(await callOnUsed(method, body), 502);
          assert.deepEqual(requests.splice(0), [`${method} /second`]);
        }
      }
    });

    test(`nothing is sent again when the backend ${how} a new connection`, async () => {
      onRequest = close;
      for (const method of ['GET', 'POST']) assert.equal(await call(method, '/'), 502);
      assert.deepEqual(requests, ['GET /', 'POST /']);
    });
  }

  test('GET is sent again only once', async () => {
    onRequest = (socket, _position, bytes) => (bytes.startsWith('GET /first') ? answer(socket) : socket.destroy());
    assert.equal(await callOnUsed('GET'), 502);
    assert.deepEqual(requests, ['GET /second', 'GET /second']);
  });

  test('nothing is sent again once a byte of the response has arrived', async () => {
    for (const begun of ['H', 'HTTP/1.1 2', 'HTTP/1.1 100 Continue\r\n\r\n']) {
      onRequest = (socket, position) => (position === 1 ? answer(socket) : socket.end(begun));
      assert.equal(await callOnUsed('GET'), 502);
      assert.deepEqual(requests.splice(0), ['GET /second'], begun);
    }
  });

  test('a large body is sent again as a whole, and streams on', async () => {
    const body = 'x'.repeat(3_000_000);
    let length = 0;
    onData = (socket, position) => {
      if (position > 1) socket.end();
    };
    onRequest = (socket, _position, bytes) => {
      length = bytes.length - bytes.indexOf('\r\n\r\n') - 4;
      answer(socket);
    };
    assert.equal(await callOnUsed('POST', body), 200);
    assert.equal(length, body.length);
  });

  test('no GET fails that meets a closing connection, and no POST is processed twice', async () => {
    const ends: Promise<void>[] = [];
    onRequest = (socket) => {
      answer(socket);
      ends.push(pause(Math.random() * 6).then(() => void (Math.random() < 0.5 ? socket.end() : socket.destroy())));
    };
    const failed: string[] = [];
    for (let count = 0; count < 300; count += 1) {
      const method = count % 3 === 0 ? 'POST' : 'GET';
      const status = await call(method, `/${count}`, method === 'POST' ? `{"n":${count}}` : undefined);
      if (status !== 200) failed.push(`${method} ${status}`);
      await pause(Math.random() * 6);
    }
    await Promise.all(ends);
    const posts = requests.filter((line) => line.startsWith('POST'));
    assert.equal(new Set(posts).size, posts.length);
    // The body of a POST may have left just before the connection closed.
    assert.deepEqual(
      failed.filter((each) => each !== 'POST 502'),
      [],
    );
  });

  test("a connection is not used in the last second of the backend's Keep-Alive timeout", async () => {
    onRequest = (socket) => answer(socket, 'Keep-Alive: timeout=1\r\n');
    assert.equal(await call('GET'), 200);
    assert.equal(await call('GET'), 200);
    assert.equal(connections, 2);

    onRequest = (socket) => answer(socket, 'Keep-Alive: timeout=2\r\n');
    assert.equal(await call('GET'), 200);
    assert.equal(await call('GET'), 200);
    assert.equal(connections, 3);
    await pause(1000);
    assert.equal(await call('GET'), 200);
    assert.equal(connections, 4);
  });
});

test('the same holds for connections with TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-test-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, selfSigned.cert);
  let connections = 0;
  const bodies: string[] = [];
  const backend = createTlsServer(selfSigned, (req, res) => {
    const answerTo = (body: string): void => {
      bodies.push(body);
      res.end('fine');
    };
    text(req).then(answerTo, () => undefined);
  });
  // Of each connection, the head of the third request is not read.
  backend.on('secureConnection', (socket) => {
    connections += 1;
    let requests = 0;
    socket.prependListener('data', (chunk) => {
      if (!chunk.includes('POST ')) return;
      requests += 1;
      if (requests > 2) socket.destroy();
    });
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  const gateway = await createTestGateway({
    plugins: [],
    targets: { a: { upstreams: [`https://127.0.0.1:${port}`], public: true, tls: { ca } } },
  });
  try {
    const sent = ['1', '2', '3', '4', '5'];
    for (const body of sent)
      assert.equal((await gateway.request('/', { target: 'a', method: 'POST', body })).status, 200, body);
    assert.deepEqual(bodies, sent);
    assert.ok(connections > 1);
  } finally {
    await gateway.close();
    backend.closeAllConnections();
    backend.close();
    rmSync(folder, { recursive: true });
  }
});
