import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import type { WebSocket } from 'ws';
import { closeFrame } from '../../../src/proxy/websockets/frame-follower.ts';
import {
  createTestGateway,
  createTestTargetsFile,
  type RemoteTargetDefinition,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { selfSigned } from '../../support/certificate.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { openTunnel, switching, switchToWebSocket } from '../../support/raw-upgrade.ts';
import {
  closeCode,
  createRawBackend,
  createSocketBackend,
  nextMessage,
  openSocket,
  type RawBackend,
  type SocketBackend,
} from '../../support/socket-backend.ts';
import { standStill } from '../../support/stand-still.ts';

type Backend = SocketBackend | RawBackend;

let backend: Backend | undefined;
let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  await backend?.close();
  gateway = undefined;
  backend = undefined;
});

async function start(of: Backend, settings: Partial<RemoteTargetDefinition> = {}): Promise<TestGateway> {
  backend = of;
  const target = { upstreams: [of.url], prefixes: ['/ws'], public: true, websocket: { enabled: true }, ...settings };
  gateway = await createTestGateway({ plugins: [], targets: { chat: target } });
  return gateway;
}

const connectTo = async ({ port }: TestGateway): Promise<WebSocket> =>
  (await openSocket(`ws://127.0.0.1:${port}/ws`)).peer;

const tunnel = ({ port }: TestGateway, protocol = 'raw'): Promise<Socket> => openTunnel(port, '/ws', protocol);

/** Whether the port no longer accepts connections. */
const isClosed = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(Boolean(socket.destroy().writable)));
    socket.once('error', () => resolve(true));
  });

const switchToRaw = switching('Upgrade: raw');

test('a stop closes WebSockets with 1001 and does not take long', async () => {
  const server = await start(await createSocketBackend());
  const peers = await Promise.all(Array.from({ length: 20 }, () => connectTo(server)));
  const codes = Promise.all(peers.map(closeCode));
  const startedAt = performance.now();
  await server.close();
  assert.ok(performance.now() - startedAt < patient(5000));
  assert.deepEqual(new Set(await codes), new Set([1001]));
});

test('a stop does not wait for clients that do not close or do not read', async () => {
  const raw = await createRawBackend((socket) => socket.write(switchToRaw));
  const server = await start(raw);
  const open = await tunnel(server);
  open.resume();
  const deaf = await tunnel(server);
  const startedAt = performance.now();
  await server.close();
  assert.ok(performance.now() - startedAt < patient(5000));
  await eventually(() => raw.sockets.size === 0);
  open.destroy();
  deaf.destroy();
});

test('a stop does not wait for a client that leaves data in flight unread', async () => {
  let movedAt = 0;
  const raw = await createRawBackend((socket) => {
    socket.write(switchToRaw);
    const fill = (): void => {
      movedAt = performance.now();
      while (socket.writable && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', fill);
    fill();
  });
  const server = await start(raw);
  const deaf = await tunnel(server);
  await eventually(() => performance.now() - movedAt > 200);
  const startedAt = performance.now();
  await server.close();
  assert.ok(performance.now() - startedAt < patient(5000));
  deaf.destroy();
});

test('a pending upgrade is aborted after SHUTDOWN_TIMEOUT_MS', async () => {
  const raw = await createRawBackend(() => undefined);
  backend = raw;
  gateway = await createTestGateway({
    plugins: [],
    env: { SHUTDOWN_TIMEOUT_MS: '1000' },
    targets: { chat: { upstreams: [raw.url], prefixes: ['/ws'], public: true, websocket: { enabled: true } } },
  });
  const socket = connect({ port: gateway.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n');
  await eventually(() => raw.sockets.size === 1);
  await gateway.close();
  await closed;
});

test('a close frame waits for the end of the current frame from the backend', async () => {
  const half = 50_000;
  const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(2 * half), 2);
  const raw = await createRawBackend((socket) => {
    socket.write(switchToWebSocket);
    socket.write(Buffer.concat([head, Buffer.alloc(half, 7)]));
  });
  const server = await start(raw);
  const socket = await tunnel(server, 'websocket');
  const chunks: Buffer[] = [];
  const received = (): Buffer => Buffer.concat(chunks);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  await eventually(() => received().length === head.length + half);
  const ended = once(socket, 'end');
  const closing = server.close();
  await eventually(() => isClosed(server.port));
  // The rest of the frame, and the beginning of another that must not reach the client.
  for (const each of raw.sockets) each.write(Buffer.concat([Buffer.alloc(half, 7), Buffer.from([0x82, 5, 1])]));
  await ended;
  assert.equal(received().length, head.length + 2 * half + 4);
  assert.deepEqual(received().subarray(-4), closeFrame(1001));
  socket.destroy();
  await closing;
});

test('an unfinished frame does not keep a tunnel open', async () => {
  const raw = await createRawBackend((socket) => {
    socket.write(switchToWebSocket);
    socket.write(Buffer.from([0x82, 100, 1]));
  });
  const server = await start(raw, { timeouts: { idleMs: 100 } });
  const socket = await tunnel(server, 'websocket');
  const closed = once(socket, 'close');
  socket.on('end', () => socket.end());
  socket.resume();
  await closed;
  await eventually(() => raw.sockets.size === 0);
});

test('data that arrived while this process was blocked keeps a tunnel open', async () => {
  const raw = await createRawBackend((socket) => {
    socket.write(switchToRaw);
    setTimeout(() => {
      standStill(250, () => {
        socket.write('a');
        setTimeout(() => socket.end('b'), 350);
      });
    }, 100);
  });
  const server = await start(raw, { timeouts: { idleMs: 200 } });
  const socket = await tunnel(server);
  assert.equal(await text(socket), 'ab');
});

test('a backend is not read while its client does not read', async () => {
  let sent = 0;
  const raw = await createRawBackend((socket) => {
    socket.write(switchToRaw);
    const fill = (): void => {
      while (sent < 200_000_000) {
        sent += 65_536;
        if (!socket.write(Buffer.alloc(65_536))) break;
      }
    };
    socket.on('drain', fill);
    fill();
  });
  const server = await start(raw, { timeouts: { idleMs: 300 } });
  const socket = await tunnel(server);
  socket.pause();
  // No byte moves any more, so the tunnel is idle.
  await eventually(() => raw.sockets.size === 0);
  assert.ok(sent < 50_000_000, `${sent} bytes were taken`);
  socket.destroy();
});

test('a reset of one side ends the other side', async () => {
  const raw = await createRawBackend((socket) => socket.write(switchToRaw));
  const server = await start(raw);
  const first = await tunnel(server);
  first.resetAndDestroy();
  await eventually(() => raw.sockets.size === 0);
  const second = await tunnel(server);
  second.on('end', () => second.end()).resume();
  const closed = once(second, 'close');
  for (const socket of raw.sockets) socket.resetAndDestroy();
  await closed;
  assert.equal((await server.request('/healthz')).status, 200);
});

test('a thousand short-lived WebSockets leak no resources', async () => {
  const target = await createSocketBackend();
  const server = await start(target);
  const handles = (): number => process.getActiveResourcesInfo().filter((each) => each !== 'Immediate').length;
  const round = async (count: number): Promise<void> => {
    const peers = await Promise.all(Array.from({ length: count }, () => connectTo(server)));
    for (const [index, peer] of peers.entries()) {
      if (index % 2 === 0) peer.terminate();
      else peer.close();
    }
    await eventually(() => target.sockets.size === 0 && peers.every((peer) => peer.readyState === 3));
  };
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  await round(10);
  await eventually(() => handles() < 60);
  const before = handles();
  for (let done = 0; done < 1000; done += 50) await round(50);
  await eventually(() => handles() <= before + 2);
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
});

test("an upstream with TLS is verified against the target's CA", async () => {
  const secure = await createSocketBackend(createServer(selfSigned));
  const url = secure.url.replace('http:', 'https:');
  backend = secure;
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-ca-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, selfSigned.cert);
  const common = { upstreams: [url], public: true, websocket: { enabled: true } };
  gateway = await createTestGateway({
    plugins: [],
    targets: {
      known: { ...common, prefixes: ['/known'], tls: { ca } },
      unknown: { ...common, prefixes: ['/unknown'] },
    },
  });
  const known = await openSocket(`ws://127.0.0.1:${gateway.port}/known`);
  known.peer.send('hello');
  assert.equal(String((await nextMessage(known.peer)).data), 'hello');
  known.peer.terminate();
  assert.equal((await openSocket(`ws://127.0.0.1:${gateway.port}/unknown`)).status, 502);
  rmSync(folder, { recursive: true });
});

test('an open WebSocket counts as a call in flight at its upstream', async () => {
  const [one, other] = [await createSocketBackend(), await createSocketBackend()];
  const server = await start(one, { upstreams: [one.url, other.url] });
  const peer = await connectTo(server);
  const [busy, free] = one.requests.length === 1 ? [one, other] : [other, one];
  for (let index = 0; index < 4; index += 1) await server.request('/ws/plain');
  assert.deepEqual([busy.requests.length, free.requests.length], [1, 4]);
  peer.terminate();
  await eventually(() => busy.sockets.size === 0);
  await eventually(async () => (await server.request('/ws/plain')).status === 200 && busy.requests.length > 1);
  await other.close();
});

test('a changed targets file leaves open tunnels alone', async () => {
  const target = await createSocketBackend();
  backend = target;
  const file = createTestTargetsFile({
    chat: { upstreams: [target.url], prefixes: ['/ws'], public: true, websocket: { enabled: true } },
  });
  gateway = await createTestGateway({ plugins: [], env: { TARGETS_FILE: file.path } });
  const peer = await connectTo(gateway);
  file.write({});
  gateway.app.reload();
  assert.equal((await gateway.request('/ws')).status, 401);
  peer.send('still here');
  assert.equal(String((await nextMessage(peer)).data), 'still here');
  const code = closeCode(peer);
  await gateway.close();
  assert.equal(await code, 1001);
  file.remove();
});
