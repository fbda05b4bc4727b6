import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { createRawBackend, type RawBackend } from '../../support/socket-backend.ts';

/** Connections of an upstream. */
const all = 1024;
const connectMs = Math.round(patient(1000));
let backend: Backend;
/** Accepts connections and never answers a TLS handshake. */
let silent: RawBackend;
let gateway: TestGateway;
const uploads: Socket[] = [];

before(async () => {
  [backend, silent] = [await createBackend(), await createRawBackend(() => undefined)];
  const target = { upstreams: [backend.url], public: true, timeouts: { connectMs }, breaker: { failures: 1 } };
  gateway = await createTestGateway({
    plugins: [],
    env: { TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'info' },
    targets: {
      silent: {
        ...target,
        upstreams: [silent.url.replace('http:', 'https:')],
        timeouts: { connectMs: 600_000, headersMs: 100 },
        breaker: { failures: 10_000 },
      },
      billing: { ...target, healthCheck: { path: '/health', intervalMs: 500 } },
    },
  });
});
after(async () => {
  for (const upload of uploads) upload.destroy();
  await gateway.close();
  await Promise.all([backend.close(), silent.close()]);
});

/** Begins uploads without their bodies from one address; resolves when each has a connection to the backend. */
async function upload(address: string, count: number): Promise<void> {
  const lines = ['Host: a', 'X-Target-Server: billing', `X-Forwarded-For: ${address}`, 'Content-Length: 10'];
  for (let index = 0; index < count; index += 1) {
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    uploads.push(socket);
  }
  await eventually(async () => (await backend.connections()) >= Math.min(uploads.length, all));
}

const call = (address: string, target = 'billing') =>
  gateway.request('/', { target, headers: { 'X-Forwarded-For': address } });

test('uploads without bodies take neither all connections of a target nor its health', async () => {
  await upload('192.0.2.1', (all * 3) / 4);
  const refused = await call('192.0.2.1');
  assertError(refused, 'TARGET_BUSY');
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal((await call('192.0.2.2')).text, 'GET /');

  await upload('192.0.2.2', all / 4);
  const startedAt = performance.now();
  assertError(await call('192.0.2.3'), 'TARGET_BUSY');
  assert.ok(performance.now() - startedAt >= connectMs - 20);

  const waiting = call('192.0.2.3');
  uploads.pop()?.destroy();
  assert.equal((await waiting).text, 'GET /');
  const checks = backend.requests.filter(({ url }) => url === '/health').length;
  await eventually(() => backend.requests.filter(({ url }) => url === '/health').length > checks + 2);
  await gateway.app.foundation.log.flush();
  assert.ok(!gateway.log.some((line) => line.includes('upstream unhealthy') || line.includes('circuit breaker')));
});

test('calls that have ended keep their places until the connections being made for them are there or have failed', async () => {
  const calls = Array.from({ length: all }, (_, index) => call(`192.0.2.${index % 8}`, 'silent'));
  for (const answer of await Promise.all(calls)) assertError(answer, 'UPSTREAM_TIMEOUT');
  assertError(await call('192.0.2.9', 'silent'), 'TARGET_BUSY');
  for (const socket of silent.sockets) socket.destroy();
  await eventually(async () => (await call('192.0.2.9', 'silent')).status === 504);
});
