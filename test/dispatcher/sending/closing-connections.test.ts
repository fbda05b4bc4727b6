import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Sender } from '../../../src/dispatcher/sending/sender.ts';
import { createTestSender, post } from '../../support/sending.ts';

describe('callbacks over a connection that the endpoint is closing', () => {
  let endpoint: Server;
  let url: string;
  let sender: Sender;
  const sockets = new Set<Socket>();
  /** Bodies of the requests that arrived completely. */
  let bodies: string[];
  /** Whether the second request of a connection meets its end at its head, or after its body. */
  let endsAt: 'head' | 'body';
  let close: (socket: Socket) => void;

  before(async () => {
    endpoint = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      let requests = 0;
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk;
        const isSecond = requests > 0;
        if (isSecond && endsAt === 'head') {
          close(socket);
          return;
        }
        const [, body] = received.split('\r\n\r\n');
        if (!body) return;
        received = '';
        requests += 1;
        bodies.push(body);
        if (isSecond) close(socket);
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    endpoint.close();
    await once(endpoint, 'close');
  });
  beforeEach(() => {
    bodies = [];
    sender = createTestSender();
  });
  afterEach(() => sender.close());

  for (const [how, action] of [
    ['ends', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ] as const) {
    test(`a callback costs no attempt when the endpoint ${how} at its head`, async () => {
      endsAt = 'head';
      close = action;
      for (const body of ['one', 'two', 'three']) {
        const outcome = await sender.send(post(url, body));
        assert.deepEqual([outcome.kind, 'status' in outcome && outcome.status], ['answered', 200]);
      }
      assert.deepEqual(bodies, ['one', 'two', 'three']);
    });

    test(`a callback is not sent again when the endpoint ${how} after its body`, async () => {
      endsAt = 'body';
      close = action;
      assert.equal((await sender.send(post(url, 'one'))).kind, 'answered');
      const outcome = await sender.send(post(url, 'two'));
      assert.deepEqual([outcome.kind, 'error' in outcome && outcome.error], ['silent', 'connection_lost']);
      assert.deepEqual(bodies, ['one', 'two']);
    });
  }
});
