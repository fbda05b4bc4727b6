import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { switchToWebSocket, webSocketKey } from '../../support/raw-upgrade.ts';
import { createRawBackend, type RawBackend } from '../../support/socket-backend.ts';

const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';
const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Name: r\xe9sum\xe9\r\n';

describe('interim responses of a backend', () => {
  let backend: RawBackend;
  let gateway: TestGateway;
  let speak: (socket: Socket) => void;

  const say = (...pieces: string[]): void => {
    speak = (socket) => {
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) return;
        socket.write(piece, 'latin1');
        setImmediate(next);
      };
      next();
    };
  };

  before(async () => {
    backend = await createRawBackend((socket) => speak(socket));
    gateway = await createTestGateway({
      plugins: [],
      targets: {
        raw: {
          upstreams: [backend.url],
          public: true,
          prefixes: ['/raw'],
          websocket: { enabled: true },
          breaker: { failures: 1000 },
        },
      },
    });
  });
  after(async () => {
    await gateway.close();
    await backend.close();
  });

  /** Returns all bytes that the client gets, as latin1. */
  function ask(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
      socket.on('data', (text) => {
        received += text;
        if (received.includes('HTTP/1.1 101 ') && received.endsWith('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', reject).on('close', () => resolve(received));
      socket.write(request);
    });
  }

  const get = (version = '1.1', method = 'GET'): Promise<string> =>
    ask(`${method} /raw HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const statusesOf = (received: string): string[] =>
    [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);

  test('103, 102 and others arrive with their headers, before the final response', async () => {
    say(`${hints}\r\n`, 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 199 Odd\r\nX-More: 1\r\n\r\n', final);
    const received = await get();
    assert.deepEqual(statusesOf(received), ['103', '102', '199', '200']);
    assert.match(
      received,
      /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>; rel=preload\r\nx-name: r\xe9sum\xe9\r\n\r\n/,
    );
    assert.match(received, /\r\nx-more: 1\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    assert.match(received, /\r\n\r\nok$/);
  });

  test('an interim response arrives while the final one is awaited', async () => {
    const waiting = Promise.withResolvers<Socket>();
    speak = (socket) => {
      socket.write(`${hints}\r\n`);
      waiting.resolve(socket);
    };
    const client = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
    client.write('GET /raw HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const first = await new Promise((resolve) => client.once('data', resolve));
    assert.match(String(first), /^HTTP\/1\.1 103 /);
    (await waiting.promise).write(final);
    assert.match(String(await new Promise((resolve) => client.once('data', resolve))), /^HTTP\/1\.1 200 /);
    client.destroy();
  });

  test('hop-by-hop headers and lengths are removed', async () => {
    say(`${hints}Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n`, final);
    const [interim = '', ...rest] = (await get()).split('\r\n\r\n');
    assert.doesNotMatch(interim, /hop|connection|keep-alive|content-length/i);
    assert.match(interim, /\r\nx-name: /);
    assert.match(rest.join(), /^HTTP\/1\.1 200 OK/);
  });

  test('they arrive for HEAD, and before an error of the backend', async () => {
    say(`${hints}\r\n`, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n');
    assert.deepEqual(statusesOf(await get('1.1', 'HEAD')), ['103', '200']);
    say(`${hints}\r\n`, 'HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    assert.deepEqual(statusesOf(await get()), ['103', '500']);
    say(`${hints}\r\n`, 'junk\r\n\r\n');
    assert.deepEqual(statusesOf(await get()), ['103', '502']);
  });

  test('HTTP/1.0 clients get none', async () => {
    say(`${hints}\r\n`, 'HTTP/1.1 102 Processing\r\n\r\n', final);
    const received = await get('1.0');
    assert.deepEqual(statusesOf(received), ['200']);
    assert.match(received, /\r\n\r\nok$/);
  });

  test('100 Continue is accepted in any pieces and not passed on', async () => {
    for (const head of ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.0 100 \r\nX-A: 1\r\n\r\n']) {
      for (const pieces of [[head + final], [head, final], [...head, final], [`${head}${head}`, ...final]]) {
        say(...pieces);
        const received = await get();
        assert.deepEqual(statusesOf(received), ['200'], JSON.stringify(pieces));
        assert.match(received, /\r\n\r\nok$/);
      }
    }
  });

  test('interim responses and the final one arrive in any pieces and order', async () => {
    const bytes = `HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 \r\n\r\n${final}`;
    for (const size of [1, 7, 30, 60, 1000]) {
      say(...(bytes.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []));
      const received = await get();
      assert.deepEqual(statusesOf(received), ['103', '102', '200'], `${size}`);
      assert.match(received, /\r\n\r\nok$/);
    }
  });

  test('a client gets 100 of them and 32 KiB of headers, and the final response', async () => {
    say('HTTP/1.1 102 Processing\r\n\r\n'.repeat(900), final);
    const many = statusesOf(await get());
    assert.deepEqual([many.length, many.at(-1)], [101, '200']);
    say(...Array.from({ length: 50 }, () => `HTTP/1.1 103 \r\nX-Large: ${'x'.repeat(8000)}\r\n\r\n`), final);
    const large = statusesOf(await get());
    assert.deepEqual([large.length, large.at(-1)], [5, '200']);
  });

  test('an upstream that sends more than 1,000 gets 502', async () => {
    say('HTTP/1.1 102 Processing\r\n\r\n'.repeat(2000), final);
    assert.equal(statusesOf(await get()).at(-1), '502');
  });

  test('they arrive before the response to an upgrade', async () => {
    const lines = ['Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Key: ${webSocketKey}`];
    const upgrade = ['GET /raw HTTP/1.1', 'Host: a', ...lines, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n');
    say(`${hints}\r\n`, switchToWebSocket);
    assert.deepEqual(statusesOf(await ask(upgrade)), ['103', '101']);
    say(`HTTP/1.1 100 Continue\r\n\r\n${hints}\r\n`, final);
    assert.deepEqual(statusesOf(await ask(upgrade)), ['103', '200']);
  });
});
