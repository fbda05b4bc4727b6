import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Client, headerOf } from '../../../conformance/client.ts';
import type { Exchange } from '../../../conformance/recording-backend.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { type AttackGateway, createAttackGateway } from './attack-gateway.ts';

const idleMs = Math.round(patient(600));
const totalMs = 7 * idleMs;
const answerMs = totalMs + 1000;
const mebibyte = 1024 * 1024;
const chunk = 'x'.repeat(64 * 1024);
const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

let place: AttackGateway;
const clients: Client[] = [];

before(async () => {
  place = await createAttackGateway({ target: { timeouts: { idleMs, headersMs: totalMs + 1000, totalMs } } });
});
after(() => place.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.destroy();
});

/** Starts a call; resolves when the backend has its request head. */
async function begin(lines: readonly string[], body = ''): Promise<{ client: Client; exchange: Exchange }> {
  const { lab, backend } = place;
  const target = lab.path();
  let begun: Exchange | undefined;
  backend.behave(target, (exchange) => {
    begun = exchange;
  });
  const client = await lab.open();
  clients.push(client);
  client.write(lab.request({ method: lines.length > 0 ? 'POST' : 'GET', target, lines, body }));
  return { client, exchange: await eventually(() => begun) };
}

/** Writes as long as the gateway reads; returns a function that gives the number of bytes written. */
function fill({ socket }: Exchange): () => number {
  const part = Buffer.from(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  let written = 0;
  const push = (): void => {
    let isTaken = true;
    while (isTaken && socket.writable) {
      isTaken = socket.write(part);
      written += part.length;
    }
  };
  socket.on('drain', push);
  socket.write(head);
  push();
  return () => written;
}

async function alive(): Promise<void> {
  await place.lab.probe();
  assert.deepEqual(place.backend.violations, []);
}

describe('a stalled request body', () => {
  for (const [title, lines, body] of [
    ['with Content-Length', ['Content-Length: 1000'], 'abc'],
    ['in chunks', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'],
  ] as const) {
    test(`a stalled body ${title} gets 408, and the backend has no complete request`, async () => {
      place.backend.clear();
      const startedAt = performance.now();
      const { client, exchange } = await begin(lines, body);
      await eventually(() => exchange.socket.destroyed);
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs >= idleMs - 20 && tookMs < totalMs, `${Math.round(tookMs)} ms`);
      const answer = await client.answer(1, answerMs);
      assert.equal(answer.status, 408);
      assert.equal(headerOf(answer, 'connection'), 'close');
      assert.deepEqual(place.backend.arrived, []);
      await alive();
    });
  }

  test('stalled bodies of many clients do not open the breaker of the backend', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => begin(['Content-Length: 1000'], 'abc')));
    for (const { client } of all) assert.equal((await client.answer(1, answerMs)).status, 408);
    await alive();
  });

  test('a trickling body is ended by the total timeout', async () => {
    const { client, exchange } = await begin(['Transfer-Encoding: chunked'], '1\r\na\r\n');
    const startedAt = performance.now();
    const timer = setInterval(() => client.write('1\r\na\r\n'), idleMs / 10);
    await eventually(() => exchange.socket.destroyed).finally(() => clearInterval(timer));
    assert.ok(performance.now() - startedAt > 2 * idleMs, 'it was ended in spite of its progress');
    assert.ok(exchange.received() > 5);
    await alive();
  });
});

describe('a client that does not read its response', () => {
  test('a client that does not read pauses the backend, and both are disconnected', async () => {
    const { client, exchange } = await begin([]);
    client.socket.pause();
    const written = fill(exchange);
    await eventually(() => exchange.socket.destroyed);
    assert.ok(written() < 64 * mebibyte, `${written()} bytes`);
    await alive();
  });

  test('a hundred clients that do not read cost only their buffers and do not affect others', async () => {
    const before = process.memoryUsage().rss;
    const all = await Promise.all(Array.from({ length: 100 }, () => begin([])));
    for (const { client, exchange } of all) {
      client.socket.pause();
      fill(exchange);
    }
    await alive();
    await eventually(() => all.every(({ exchange }) => exchange.socket.destroyed));
    const grown = (process.memoryUsage().rss - before) / mebibyte;
    // Client, gateway and backend all run in this process.
    assert.ok(grown < 150, `${Math.round(grown)} MiB`);
    await alive();
  });

  test('a client that does not read and has half-closed is disconnected as well', async () => {
    const { client, exchange } = await begin([]);
    client.socket.pause();
    client.socket.end();
    fill(exchange);
    await eventually(() => exchange.socket.destroyed);
    await alive();
  });
});

describe('a pipelined request behind another one', () => {
  test('a waiting request does not count as idle, and leaves the connection to the response before it', async () => {
    const { lab, backend } = place;
    const [slow, large] = [lab.path('/slow'), lab.path('/large')];
    const begun = Promise.withResolvers<void>();
    const body = 'x'.repeat(3 * mebibyte);
    backend.behave(slow, ({ socket }) => {
      socket.write(head);
      const startedAt = performance.now();
      const timer = setInterval(() => {
        const isOver = performance.now() - startedAt > 2 * idleMs;
        socket.write(isOver ? '4\r\nlast\r\n0\r\n\r\n' : '4\r\ndata\r\n');
        if (isOver) clearInterval(timer);
      }, idleMs / 20);
      socket.on('close', () => clearInterval(timer));
    });
    backend.behave(large, ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      begun.resolve();
    });
    const client = await lab.open();
    clients.push(client);
    client.write(lab.request({ target: slow }) + lab.request({ target: large }));
    await begun.promise;
    assert.match((await client.answer(1, answerMs)).text, /^(data)+last$/);
    assert.equal((await client.answer(2, answerMs)).text.length, body.length);
    await alive();
  });

  test('a waiting request reaches its backend after the response before it, which its own failure does not harm', async () => {
    const { lab, backend } = place;
    const [slow, broken] = [lab.path('/slow'), lab.path('/broken')];
    const first = Promise.withResolvers<Exchange>();
    backend.behave(slow, first.resolve);
    // Also when the call is sent again.
    backend.behave(broken, (exchange) => exchange.socket.destroy());
    const client = await lab.open();
    clients.push(client);
    client.write(lab.request({ target: slow }) + lab.request({ target: broken }));
    const { socket } = await first.promise;
    await alive();
    assert.ok(!backend.arrived.some(({ target }) => target === broken));
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
    assert.equal((await client.answer(1, answerMs)).text, 'whole');
    assert.equal((await client.answer(2, answerMs)).status, 502);
    await alive();
  });

  test('a response whose turn has come counts as idle while the client does not read it', async () => {
    const { lab, backend } = place;
    const [held, large] = [lab.path('/held'), lab.path('/large')];
    const first = Promise.withResolvers<Exchange>();
    const second = Promise.withResolvers<Exchange>();
    backend.behave(held, first.resolve);
    backend.behave(large, second.resolve);
    const client = await lab.open();
    clients.push(client);
    client.socket.pause();
    client.write(lab.request({ target: held }) + lab.request({ target: large }));
    (await first.promise).socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const exchange = await second.promise;
    fill(exchange);
    const startedAt = performance.now();
    await eventually(() => exchange.socket.destroyed);
    assert.ok(performance.now() - startedAt < totalMs - idleMs, 'it was ended by the total timeout');
    await alive();
  });
});

describe('an unfinished request head', () => {
  test('unfinished heads of many clients do not affect others and reach no backend', async () => {
    place.backend.clear();
    for (let count = 0; count < 200; count += 1) {
      const client = await place.lab.open();
      clients.push(client);
      client.write('GET /slow HTTP/1.1\r\nHost: a\r\nX-First: ');
    }
    for (let round = 0; round < 5; round += 1) {
      for (const client of clients) client.write('x');
      await alive();
    }
    assert.ok(!place.backend.arrived.some(({ target }) => target === '/slow'));
  });
});
