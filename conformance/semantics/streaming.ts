import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Check, demand } from '../check.ts';
import type { Client } from '../client.ts';
import type { Lab } from '../lab.ts';
import type { Exchange } from '../recording-backend.ts';

const chunked = ['Transfer-Encoding: chunked'];
const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const last = '0\r\n\r\n';
const mebibyte = 1024 * 1024;
/** Upper limit of the bytes that the gateway and the operating system may buffer while the receiver does not read. */
const mostHeld = 64 * mebibyte;
const quietMs = 300;

/** Starts a call; resolves when its head has reached the backend. */
async function begin(lab: Lab, lines: readonly string[], body = ''): Promise<{ client: Client; exchange: Exchange }> {
  const target = lab.path();
  const begun = Promise.withResolvers<Exchange>();
  lab.backend.behave(target, begun.resolve);
  const client = await lab.open();
  client.write(lab.request({ method: lines.length > 0 ? 'POST' : 'GET', target, lines, body }));
  let exchange: Exchange | undefined;
  void begun.promise.then((value) => {
    exchange = value;
  });
  await lab.until(() => exchange !== undefined, 'the request head was held back until the body');
  return { client, exchange: await begun.promise };
}

const receivedBy = (client: Client): string => Buffer.concat(client.received).toString();

const down: Check = {
  name: 'a response is streamed as it is written',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, []);
    exchange.socket.write(head);
    await lab.until(() => client.head !== undefined, 'the response head was held back');
    for (const part of ['one', 'two', 'three']) {
      exchange.socket.write(chunk(part));
      await lab.until(() => receivedBy(client).endsWith(part), `"${part}" was held back`);
    }
    exchange.socket.write(last);
    demand('answer', (await client.answer(1, lab.patienceMs)).text, 'onetwothree');
    client.socket.destroy();
    return 'streamed';
  },
};

const up: Check = {
  name: 'a request is streamed as it is sent',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, chunked, chunk('one'));
    let size = 3;
    for (const part of ['two', 'three']) {
      client.write(chunk(part));
      size += part.length;
      await lab.until(() => exchange.received() === size, `"${part}" was held back`);
    }
    client.write(last);
    demand('body', (await exchange.whole).body.toString(), 'onetwothree');
    client.socket.destroy();
    exchange.socket.destroy();
    return 'streamed';
  },
};

const bothWays: Check = {
  name: 'request and response are streamed at the same time',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, chunked, chunk('one'));
    exchange.socket.write(head + chunk('one'));
    let size = 3;
    for (const part of ['two', 'three']) {
      client.write(chunk(part));
      size += part.length;
      await lab.until(() => exchange.received() === size, `"${part}" was held back on its way up`);
      exchange.socket.write(chunk(part));
      await lab.until(() => receivedBy(client).endsWith(part), `"${part}" was held back on its way down`);
    }
    client.write(last);
    await exchange.whole;
    exchange.socket.write(last);
    demand('answer', (await client.answer(1, lab.patienceMs)).text, 'onetwothree');
    client.socket.destroy();
    return 'streamed';
  },
};

const early = (name: string, status: number): Check => ({
  name,
  run: async (lab) => {
    const { client, exchange } = await begin(lab, ['Content-Length: 100000000'], 'x'.repeat(100_000));
    exchange.socket.write(`HTTP/1.1 ${status} Early\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly`);
    const answer = await client.answer(1, lab.patienceMs);
    demand('status', answer.status, status);
    demand('body', answer.text, 'early');
    client.socket.destroy();
    exchange.socket.destroy();
    await lab.probe();
    return 'passed on at once';
  },
});

/** Writes chunks while they are accepted; resolves to the bytes written, once none has been accepted for 300 ms. */
async function fill(socket: Socket): Promise<number> {
  const part = Buffer.from(chunk('x'.repeat(64 * 1024)));
  let written = 0;
  let takenAt = performance.now();
  const push = (): void => {
    takenAt = performance.now();
    let isTaken = true;
    while (isTaken && written <= mostHeld) {
      isTaken = socket.write(part);
      written += part.length;
    }
  };
  socket.on('drain', push);
  push();
  while (performance.now() - takenAt < quietMs && written <= mostHeld) await pause(quietMs / 10);
  return written;
}

const heldDown: Check = {
  name: 'a client that does not read slows down the backend',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, []);
    client.socket.pause();
    const { socket } = exchange;
    socket.write(head);
    const taken = await fill(socket);
    client.socket.destroy();
    socket.destroy();
    if (taken > mostHeld) throw new Error(`${taken} bytes were taken from the backend without a limit`);
    return 'slowed down';
  },
};

const heldUp: Check = {
  name: 'a backend that does not read slows down the client',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, chunked, chunk('one'));
    exchange.socket.pause();
    const { socket } = client;
    const taken = await fill(socket);
    socket.destroy();
    exchange.socket.destroy();
    if (taken > mostHeld) throw new Error(`${taken} bytes were taken from the client without a limit`);
    return 'slowed down';
  },
};

const gone = (name: string, lines: readonly string[], write: (exchange: Exchange) => void): Check => ({
  name,
  run: async (lab) => {
    const { client, exchange } = await begin(lab, lines, lines.length > 0 ? chunk('half') : '');
    write(exchange);
    const { length } = lab.backend.arrived;
    client.socket.destroy();
    await lab.until(() => exchange.socket.destroyed, 'the request to the backend was not aborted');
    if (lines.length > 0) demand('whole requests', lab.backend.arrived.length, length);
    return 'aborted at the backend';
  },
});

/** Bodies are streamed in both directions, with back-pressure. */
export const streaming: readonly Check[] = [
  down,
  up,
  bothWays,
  early('a response before the request is read (413)', 413),
  early('a response before the request is read (200)', 200),
  heldDown,
  heldUp,
  gone('a client that disconnects before the response', [], () => {}),
  gone('a client that disconnects during the response', [], ({ socket }) => socket.write(head + chunk('half'))),
  gone('a client that disconnects during its request', chunked, () => {}),
];
