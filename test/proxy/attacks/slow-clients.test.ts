import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, headerOf } from '../../../conformance/client.ts';
import type { Exchange } from '../../../conformance/recording-backend.ts';
import { until } from '../../support/until.ts';
import { type AttackGateway, createAttackGateway } from './attack-gateway.ts';

const idleMs = 600;
const totalMs = 4000;
const mebibyte = 1024 * 1024;
const chunk = 'x'.repeat(64 * 1024);
const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

let place: AttackGateway;
const clients: Client[] = [];

before(async () => {
  place = await createAttackGateway({ target: { timeouts: { idleMs, headersMs: 5000, totalMs } } });
});
after(() => place.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.destroy();
});

/** A call whose exchange has begun at the backend. */
async function begin(lines: readonly string[], body = ''): Promise<{ client: Client; exchange: Exchange }> {
  const { lab, backend } = place;
  const target = lab.path();
  const begun = Promise.withResolvers<Exchange>();
  backend.behave(target, begun.resolve);
  const client = await lab.open();
  clients.push(client);
  client.write(lab.request({ method: lines.length > 0 ? 'POST' : 'GET', target, lines, body }));
  return { client, exchange: await begun.promise };
}

/** Writes for as long as it is taken; resolves to a function that says how much was. */
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

describe('a body that does not come', () => {
  for (const [title, lines, body] of [
    ['of a given length', ['Content-Length: 1000'], 'abc'],
    ['in chunks', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'],
  ] as const) {
    test(`${title}: both sides are let go, and the backend has no whole request`, async () => {
      place.backend.clear();
      const startedAt = performance.now();
      const { client, exchange } = await begin(lines, body);
      await until(() => exchange.socket.destroyed);
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs >= idleMs - 20 && tookMs < totalMs, `${Math.round(tookMs)} ms`);
      const answer = await client.answer(1, 5000);
      assert.equal(answer.status, 408);
      assert.equal(headerOf(answer, 'connection'), 'close');
      assert.deepEqual(place.backend.arrived, []);
      await alive();
    });
  }

  test('of many clients at once is not taken for a fault of the backend', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => begin(['Content-Length: 1000'], 'abc')));
    for (const { client } of all) assert.equal((await client.answer(1, 5000)).status, 408);
    await alive();
  });

  test('but trickles: the deadline of the whole call ends it', async () => {
    const { client, exchange } = await begin(['Transfer-Encoding: chunked'], '1\r\na\r\n');
    const startedAt = performance.now();
    const timer = setInterval(() => client.write('1\r\na\r\n'), idleMs / 10);
    await until(() => exchange.socket.destroyed).finally(() => clearInterval(timer));
    assert.ok(performance.now() - startedAt > 2 * idleMs, 'it was ended although it moved');
    assert.ok(exchange.received() > 5);
    await alive();
  });
});

describe('a client that does not take its answer', () => {
  test('holds the backend back, and is cut off with it', async () => {
    const { client, exchange } = await begin([]);
    client.socket.pause();
    const written = fill(exchange);
    await until(() => exchange.socket.destroyed);
    assert.ok(written() < 64 * mebibyte, `${written()} bytes`);
    await alive();
  });

  test('a hundred of them take no more memory than their buffers, and hinder nobody', async () => {
    const before = process.memoryUsage().rss;
    const all = await Promise.all(Array.from({ length: 100 }, () => begin([])));
    for (const { client, exchange } of all) {
      client.socket.pause();
      fill(exchange);
    }
    await alive();
    await until(() => all.every(({ exchange }) => exchange.socket.destroyed));
    const grown = (process.memoryUsage().rss - before) / mebibyte;
    // Client, gateway and backend are one process here.
    assert.ok(grown < 150, `${Math.round(grown)} MiB`);
    await alive();
  });

  test('and has closed its side: it is let go as well', async () => {
    const { client, exchange } = await begin([]);
    client.socket.pause();
    client.socket.end();
    fill(exchange);
    await until(() => exchange.socket.destroyed);
    await alive();
  });
});

describe('an answer that waits for the one before it', () => {
  test('is not idle, and does not end the connection under the other one', async () => {
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
    assert.match((await client.answer(1, 5000)).text, /^(data)+last$/);
    assert.equal((await client.answer(2, 5000)).text.length, body.length);
    await alive();
  });

  test('takes nothing from the other one when it breaks off', async () => {
    const { lab, backend } = place;
    const [slow, broken] = [lab.path('/slow'), lab.path('/broken')];
    const first = Promise.withResolvers<Exchange>();
    const second = Promise.withResolvers<Exchange>();
    backend.behave(slow, first.resolve);
    backend.behave(broken, second.resolve);
    const client = await lab.open();
    clients.push(client);
    client.write(lab.request({ target: slow }) + lab.request({ target: broken }));
    const exchange = await second.promise;
    exchange.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await sleep(50);
    exchange.socket.destroy();
    await sleep(50);
    (await first.promise).socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole');
    assert.equal((await client.answer(1, 5000)).text, 'whole');
    await until(() => client.socket.readableEnded);
    const { answers, bytes } = client.conversation;
    assert.equal(answers.length, 1);
    assert.doesNotMatch(bytes, /half/);
    await alive();
  });

  test('is idle when its turn has come and it is not taken', async () => {
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
    const exchange = await second.promise;
    fill(exchange);
    (await first.promise).socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const startedAt = performance.now();
    await until(() => exchange.socket.destroyed);
    assert.ok(performance.now() - startedAt < totalMs - idleMs, 'it was ended by the deadline of the whole call');
    await alive();
  });
});

describe('a head that does not come to its end', () => {
  test('of many clients at once hinders nobody, and reaches no backend', async () => {
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
