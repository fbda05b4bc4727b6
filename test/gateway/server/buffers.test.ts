import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import Joi from 'joi';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';

const mebibyte = 1024 * 1024;
/** More than the system buffers for a connection, so that most of it stays in the process. */
const large = 24 * mebibyte;
/** Limit of the process. One unread large response fits, two do not. */
const bufferedBytes = 40 * mebibyte;

let begun = 0;
const buffers = definePlugin({
  name: 'buffers',
  apiVersion: 1,
  setup: () => ({
    routes: [
      defineRoute({
        method: 'GET',
        path: '/api/v1/large',
        summary: 'A large response',
        answers: { 200: { description: 'Text.' } },
        handler: (_req, res) => {
          begun += 1;
          res.type('text').end(Buffer.alloc(large, 'x'));
        },
      }),
      defineRoute({
        method: 'POST',
        path: '/api/v1/bodies',
        summary: 'Take a body',
        body: Joi.object({ text: Joi.string().allow('') }),
        answers: { 200: { description: 'Taken.' } },
        handler: (_req, res) => res.json({}),
      }),
    ],
  }),
});

const sockets: Socket[] = [];
async function join({ port }: TestGateway): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const head = (line: string, token: string, ...lines: string[]): string =>
  [`${line} HTTP/1.1`, 'Host: a', 'X-Target-Server: buffers', `Authorization: Bearer ${token}`, ...lines, '', ''].join(
    '\r\n',
  );

describe('bytes buffered for clients', () => {
  let gateway: TestGateway;
  let token: string;
  before(async () => {
    gateway = await createTestGateway({ plugins: [buffers], serverLimits: { bufferedBytes, youngMs: 1 } });
    token = await gateway.token();
  });
  after(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway.close();
  });

  test('of pipelined requests only one is answered while the client does not read, and all when it reads', async () => {
    begun = 0;
    const socket = await join(gateway);
    socket.pause();
    const length = 3;
    socket.write(head('GET /api/v1/large', token).repeat(length));
    await eventually(() => begun > 0);
    await gateway.request('/api/v1/bodies', { target: 'buffers', token, body: {} });
    assert.equal(begun, 1);
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    socket.resume();
    await eventually(() => read > length * large);
    assert.equal(begun, length);
    socket.destroy();
  });

  test('clients that do not read are cut off beyond the budget, and others are served meanwhile', async () => {
    const idle: Socket[] = [];
    for (let index = 0; index < 4; index += 1) {
      const socket = await join(gateway);
      idle.push(socket);
      socket.pause();
      begun = 0;
      socket.write(head('GET /api/v1/large', token));
      await eventually(() => begun === 1);
    }
    const { status, text } = await gateway.request('/api/v1/large', { target: 'buffers', token });
    assert.equal(status, 200);
    assert.equal(text.length, large);
    // Only a connection that was cut ends after the bytes that the system had taken.
    let cut = 0;
    for (const socket of idle) socket.on('close', () => (cut += 1)).resume();
    await eventually(() => cut >= 2);
    assert.ok(gateway.log.some((line) => line.includes('bytes buffered for and from clients')));
  });
});

test('a request that meets a full budget of new connections gets 503 with Retry-After', async () => {
  const gateway = await createTestGateway({
    plugins: [buffers],
    serverLimits: { bufferedBytes: 100_000, youngMs: 600_000 },
  });
  try {
    const token = await gateway.token();
    const ask = () => gateway.request('/api/v1/bodies', { target: 'buffers', token, body: { text: '' } });
    assert.equal((await ask()).status, 200);
    const socket = await join(gateway);
    const type = 'Content-Type: application/json';
    socket.write(head('POST /api/v1/bodies', token, type, 'Content-Length: 90000') + '"'.padEnd(80_000, 'x'));
    await eventually(async () => (await ask()).status === 503);
    const refused = await ask();
    assert.equal(refused.body.error.code, 'OVERLOADED');
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal((await gateway.request('/healthz')).status, 200);
    socket.destroy();
    await eventually(async () => (await ask()).status === 200);
  } finally {
    await gateway.close();
  }
});

test('a body in tiny chunks counts with the memory that they take, and its sender gets 503', async () => {
  const gateway = await createTestGateway({ plugins: [buffers], serverLimits: { bufferedBytes: mebibyte } });
  try {
    const socket = await join(gateway);
    let seen = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      seen += text;
    });
    const lines = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    socket.write(head('POST /api/v1/bodies', await gateway.token(), ...lines) + '1\r\n"\r\n'.repeat(20_000));
    await eventually(() => socket.closed || seen.includes('OVERLOADED'));
    assert.match(seen, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n/);
  } finally {
    await gateway.close();
  }
});
