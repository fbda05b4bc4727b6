import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { readBeforeFailing } from '../../../src/proxy/upstreams/upstream-socket.ts';
import { createTestGateway } from '../../../src/testing/index.ts';
import { createBackend } from '../../support/backend.ts';

test('the response of a backend that refuses large bodies and closes arrives, and later calls succeed', async () => {
  const backend = await createBackend();
  const gateway = await createTestGateway({
    plugins: [],
    targets: { a: { upstreams: [backend.url], public: true } },
  });
  backend.answer((req, res) => {
    if (req.method === 'POST') res.writeHead(413, { Connection: 'close', 'Content-Length': 3 });
    res.end('big');
  });
  try {
    for (let turn = 0; turn < 8; turn += 1) {
      const headers = { 'X-Target-Server': 'a', 'Content-Length': 20_000_000 };
      const upload = httpRequest(gateway.url, { method: 'POST', headers });
      upload.on('error', () => undefined);
      upload.end(Buffer.alloc(20_000_000));
      const [answer] = (await once(upload, 'response')) as [IncomingMessage];
      assert.deepEqual([answer.statusCode, await text(answer)], [413, 'big']);
    }
    assert.equal((await gateway.request('/', { target: 'a' })).status, 200);
  } finally {
    await gateway.close();
    await backend.close();
  }
});

/** A socket whose writes fail with this code. */
function failingSocket(code: string): Duplex {
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, callback) => callback(Object.assign(new Error(code), { code })),
  });
  readBeforeFailing(socket as Socket);
  socket.write('request');
  return socket;
}

test('a response sent before the connection closed is read even after a failed write', async () => {
  const socket = failingSocket('EPIPE');
  setImmediate(() => socket.push('answer') && socket.push(null));
  assert.equal(await text(socket), 'answer');
});

test('a reset that a write has reported is not read as a regular end', async () => {
  const socket = failingSocket('ECONNRESET');
  setImmediate(() => socket.push('half') && socket.push(null));
  await assert.rejects(text(socket), { code: 'ECONNRESET' });
});

test('any other write error takes effect at once', async () => {
  const [error] = await once(failingSocket('ETIMEDOUT'), 'error');
  assert.equal(error.code, 'ETIMEDOUT');
});
