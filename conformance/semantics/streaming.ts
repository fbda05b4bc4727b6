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
/** What a gateway, and the systems between, may hold of a body that its reader does not take. */
const mostHeld = 64 * mebibyte;
const quietMs = 300;

/** A call whose exchange at the backend is under way. */
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
  await lab.until(() => exchange !== undefined, 'the head of the request did not come to the backend by itself');
  return { client, exchange: await begun.promise };
}

const receivedBy = (client: Client): string => Buffer.concat(client.received).toString();

const down: Check = {
  name: 'an answer comes as it is made',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, []);
    exchange.socket.write(head);
    await lab.until(() => client.head !== undefined, 'the head of the answer was held back');
    for (const part of ['one', 'two', 'three']) {
      exchange.socket.write(chunk(part));
      await lab.until(() => receivedBy(client).endsWith(part), `"${part}" was held back`);
    }
    exchange.socket.write(last);
    demand('answer', (await client.answer(1, lab.patienceMs)).text, 'onetwothree');
    client.socket.destroy();
    return 'as it comes';
  },
};

const up: Check = {
  name: 'a request comes as it is sent',
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
    return 'as it comes';
  },
};

const bothWays: Check = {
  name: 'request and answer at the same time',
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
    return 'as it comes';
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

/** Writes chunks as long as they are taken; resolves to how many bytes were, once nothing has been for a while. */
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
  name: 'a client that does not read holds back the backend',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, []);
    client.socket.pause();
    const { socket } = exchange;
    socket.write(head);
    const taken = await fill(socket);
    client.socket.destroy();
    socket.destroy();
    if (taken > mostHeld) throw new Error(`${taken} bytes were taken from the backend, and more would have been`);
    return 'held back';
  },
};

const heldUp: Check = {
  name: 'a backend that does not read holds back the client',
  run: async (lab) => {
    const { client, exchange } = await begin(lab, chunked, chunk('one'));
    exchange.socket.pause();
    const { socket } = client;
    const taken = await fill(socket);
    socket.destroy();
    exchange.socket.destroy();
    if (taken > mostHeld) throw new Error(`${taken} bytes were taken from the client, and more would have been`);
    return 'held back';
  },
};

const gone = (name: string, lines: readonly string[], write: (exchange: Exchange) => void): Check => ({
  name,
  run: async (lab) => {
    const { client, exchange } = await begin(lab, lines, lines.length > 0 ? chunk('half') : '');
    write(exchange);
    const { length } = lab.backend.arrived;
    client.socket.destroy();
    await lab.until(() => exchange.socket.destroyed, 'the backend was not told that the client has gone');
    if (lines.length > 0) demand('whole requests', lab.backend.arrived.length, length);
    return 'the backend is told';
  },
});

/** Nothing is collected on its way: what comes goes on, and what is not taken is not asked for. */
export const streaming: readonly Check[] = [
  down,
  up,
  bothWays,
  early('an answer before the request is read (413)', 413),
  early('an answer before the request is read (200)', 200),
  heldDown,
  heldUp,
  gone('a client that goes away before the answer', [], () => {}),
  gone('a client that goes away during the answer', [], ({ socket }) => socket.write(head + chunk('half'))),
  gone('a client that goes away during its request', chunked, () => {}),
];
