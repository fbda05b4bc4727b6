import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { standStill } from '../../support/stand-still.ts';

/** A port without a listener. */
async function closedPort(): Promise<number> {
  const backend = await createBackend();
  await backend.close();
  return backend.port;
}

/** At most a second, the value of the refused caller's Retry-After. */
const openMs = Math.min(Math.round(patient(200)), 1000);

describe('upstreams that fail', () => {
  let backend: Backend;
  let gateway: TestGateway;
  let token: string;
  let raw: Server;
  let speak: (socket: Socket) => void;

  before(async () => {
    backend = await createBackend();
    raw = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => speak(socket));
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as { port: number };
    const dead = `http://127.0.0.1:${await closedPort()}`;
    const never = { failures: 1000 };
    gateway = await createTestGateway({
      plugins: [],
      env: { LOG_LEVEL: 'info' },
      targets: {
        dead: { upstreams: [dead], breaker: never },
        pair: { upstreams: [dead, backend.url], breaker: never },
        fragile: { upstreams: [backend.url], breaker: { failures: 3, openMs } },
        slow: { upstreams: [backend.url], timeouts: { headersMs: 100, idleMs: 100 }, breaker: never },
        patient: { upstreams: [backend.url], timeouts: { headersMs: 100, idleMs: 30_000 }, breaker: never },
        brief: { upstreams: [backend.url], timeouts: { totalMs: 150 }, breaker: never },
        odd: { upstreams: [`http://127.0.0.1:${port}`], breaker: never },
      },
    });
    token = await gateway.token();
  });
  after(async () => {
    await gateway.close();
    await backend.close();
    raw.close();
  });
  beforeEach(() => {
    backend.requests.length = 0;
    backend.answer((_req, res) => void res.end('fine'));
  });

  const call = (target: string, body?: unknown) => gateway.request('/', { target, token, body });

  test('an unreachable upstream gives 502', async () => {
    assertError(await call('dead'), 'UPSTREAM_UNREACHABLE');
  });

  test('a call goes to the next upstream with its body as long as that is unread', async () => {
    backend.answer((req, res) => void req.pipe(res));
    for (let turn = 0; turn < 4; turn += 1) assert.equal((await call('pair', { a: turn })).text, `{"a":${turn}}`);
    assert.equal(backend.requests.length, 4);
  });

  test('a response timeout gives 504, and the connection is not reused', async () => {
    backend.answer(() => undefined);
    assertError(await call('slow'), 'UPSTREAM_TIMEOUT');
    await eventually(() => backend.requests[0]?.socket.destroyed === true);
  });

  test('a stalled response is aborted, and a slow one is not', async () => {
    backend.answer((_req, res) => void res.write('half'));
    await assert.rejects(call('slow'));
    backend.answer((_req, res) => {
      let left = 8;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) res.write('.');
        else res.end('.');
        if (left === 0) clearInterval(timer);
      }, 40);
    });
    assert.equal((await call('slow')).text, '........');
  });

  test('the response timeout starts at the end of the request, including its body', async () => {
    backend.answer(() => undefined);
    const startedAt = performance.now();
    assertError(await call('patient', { a: 1 }), 'UPSTREAM_TIMEOUT');
    assert.ok(performance.now() - startedAt < patient(5000));
  });

  test('the idle timeout applies to the first byte of a request body like to any other', async () => {
    backend.answer((req, res) => void req.pipe(res));
    const headers = { 'X-Target-Server': 'patient', Authorization: `Bearer ${token}` };
    const upload = request(gateway.url, { method: 'POST', headers });
    upload.flushHeaders();
    const answer = once(upload, 'response');
    // Longer than the response timeout.
    await sleep(300);
    upload.end('late');
    const [response] = (await answer) as [IncomingMessage];
    assert.deepEqual([response.statusCode, await text(response)], [200, 'late']);
  });

  test('the response timeout applies after an empty body', async () => {
    backend.answer(() => undefined);
    const headers = { 'X-Target-Server': 'patient', Authorization: `Bearer ${token}`, 'Transfer-Encoding': 'chunked' };
    const [response] = (await once(request(gateway.url, { method: 'POST', headers }).end(), 'response')) as [
      IncomingMessage,
    ];
    assert.equal(response.resume().statusCode, 504);
  });

  test('an upload in progress continues after the response head', async () => {
    backend.answer((req, res) => {
      res.writeHead(200).flushHeaders();
      let size = 0;
      req.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      req.on('end', () => res.end(String(size)));
    });
    const headers = { 'X-Target-Server': 'slow', Authorization: `Bearer ${token}` };
    const upload = request(gateway.url, { method: 'POST', headers });
    upload.flushHeaders();
    const answer = once(upload, 'response');
    for (let part = 0; part < 10; part += 1) {
      upload.write('x'.repeat(10));
      await sleep(40);
    }
    upload.end();
    const [response] = (await answer) as [IncomingMessage];
    assert.equal(await text(response), '100');
  });

  test('data that arrived while this process was blocked is in time', async () => {
    // Blocks for longer than the limits each time; the write before has reached the gateway's socket, but has not been
    // read.
    for (const isWhole of [true, false]) {
      backend.answer((_req, res) => {
        standStill(150, () => void (isWhole ? res.end('whole') : res.write('in ')));
        if (isWhole) return;
        const goOn = (): void => {
          res.write('two ');
          setTimeout(() => res.end('pieces'), 200);
        };
        setTimeout(() => standStill(150, goOn), 200);
      });
      assert.equal((await call('slow')).text, isWhole ? 'whole' : 'in two pieces');
    }
  });

  test('the total timeout ends a call in spite of its progress', async () => {
    backend.answer((_req, res) => {
      const timer = setInterval(() => res.write('.'), 20);
      res.on('close', () => clearInterval(timer));
    });
    await assert.rejects(call('brief'));
  });

  test('consecutive failures open the breaker until a trial succeeds', async () => {
    backend.answer((_req, res) => {
      res.statusCode = 503;
      res.end('not now');
    });
    for (let failure = 0; failure < 3; failure += 1) assert.equal((await call('fragile')).text, 'not now');
    const refused = await call('fragile');
    assertError(refused, 'UPSTREAM_CIRCUIT_OPEN');
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal(backend.requests.length, 3);

    backend.answer((_req, res) => void res.end('again'));
    await eventually(async () => (await call('fragile')).text === 'again');
    assert.equal((await call('fragile')).text, 'again');
    assert.equal(backend.requests.length, 5);
  });

  test('other calls are refused and do not wait during a trial', async () => {
    backend.answer((_req, res) => {
      res.statusCode = 503;
      res.end();
    });
    for (let failure = 0; failure < 3; failure += 1) await call('fragile');
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<true>();
    backend.answer((_req, res) => {
      reached.resolve(true);
      void held.promise.then(() => res.end('again'));
    });
    const waiting: Promise<{ text: string }>[] = [];
    await eventually(() => {
      const answer = call('fragile');
      waiting.push(answer);
      return Promise.race([answer.then(() => false), reached.promise]);
    });
    assertError(await call('fragile'), 'UPSTREAM_CIRCUIT_OPEN');
    held.resolve();
    assert.equal((await Promise.all(waiting)).at(-1)?.text, 'again');
  });

  test('uploads without their bodies do not keep other calls from a backend that has recovered', async () => {
    backend.answer((_req, res) => {
      res.statusCode = 503;
      res.end();
    });
    for (let failure = 0; failure < 3; failure += 1) await call('fragile');
    backend.answer((_req, res) => void res.end('again'));
    await sleep(openMs);
    const uploads = Array.from({ length: 2 }, () => {
      const headers = { 'X-Target-Server': 'fragile', Authorization: `Bearer ${token}`, Expect: '100-continue' };
      return request(gateway.url, { method: 'POST', agent: false, headers: { ...headers, 'Content-Length': 10 } });
    });
    for (const upload of uploads) {
      upload.on('error', () => undefined).flushHeaders();
      // The gateway sends it when it wants the body for the backend.
      await once(upload, 'continue', { signal: AbortSignal.timeout(Math.round(patient(10_000))) });
    }
    assert.equal((await call('fragile')).text, 'again');
    for (const upload of uploads) upload.destroy();
  });

  test('a response that is not HTTP or contradicts itself gives 502', async () => {
    const answers = [
      'SSH-2.0-OpenSSH_9.2\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${'X: 1\r\n'.repeat(300)}Content-Length: 0\r\n\r\n`,
    ];
    for (const answer of answers) {
      speak = (socket) => void socket.write(answer);
      assertError(await call('odd'), 'UPSTREAM_INVALID', answer.slice(0, 60));
    }
  });

  test('a response that is broken in the same piece as its head gives 502, and the log says so', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const body of ['junk\r\n', '5\r\nhello\r\njunk\r\n']) {
      speak = (socket) => void socket.write(head + body);
      const answer = await call('odd');
      assertError(answer, 'UPSTREAM_INVALID', body);
      const id = answer.headers.get('x-request-id') ?? '';
      const line = await eventually(() => gateway.log.find((each) => each.includes(`"request_id":"${id}","method"`)));
      assert.match(line, /"status":502/);
    }
  });

  test('a connection that ends before a response gives 502', async () => {
    speak = (socket) => void socket.destroy();
    assertError(await call('odd'), 'UPSTREAM_UNREACHABLE');
  });

  test("a reset during a response of unknown length resets the client's connection", async () => {
    const sockets: Socket[] = [];
    speak = (socket) => {
      sockets.push(socket);
      socket.write('HTTP/1.1 200 OK\r\n\r\nhalf');
    };
    const headers = { 'X-Target-Server': 'odd', Authorization: `Bearer ${token}` };
    const calling = request(gateway.url, { headers }).end();
    const [answer] = (await once(calling, 'response')) as [IncomingMessage];
    calling.on('error', () => undefined);
    await once(answer, 'readable');
    const broken = assert.rejects(text(answer), { code: 'ECONNRESET' });
    sockets[0]?.resetAndDestroy();
    await broken;
  });

  test('bytes after a response never become the response to another call', async () => {
    let served = 0;
    speak = (socket) => {
      served += 1;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    };
    for (let turn = 0; turn < 5; turn += 1) assert.equal((await call('odd')).text, 'ok');
    assert.equal(served, 5);
  });
});
