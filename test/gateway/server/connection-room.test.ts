import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { createConnectionNetwork } from '../../../src/gateway/entry/connection-network.ts';
import { createGatewayServer, type GatewayServer } from '../../../src/gateway/server/server.ts';
import { createTestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';

let release: () => Promise<unknown> = async () => undefined;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await release();
});

async function join(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined).resume();
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const call = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Sends a request and resolves when its response has arrived: by then the server has taken the connection in. */
async function ask(socket: Socket, path = '/'): Promise<void> {
  socket.write(call(path));
  await once(socket, 'data');
}

async function joinAndAsk(port: number, localAddress?: string): Promise<Socket> {
  const socket = await join(port, localAddress);
  await ask(socket);
  return socket;
}

const closed = (all: readonly Socket[]): number[] => all.flatMap(({ closed }, index) => (closed ? [index] : []));

describe('at the limit of connections', () => {
  /** Requests for `/held` stay in progress until the test answers them. */
  async function open(maxConnections: number, byAddress = false) {
    const held: ServerResponse[] = [];
    const full: (string | undefined)[] = [];
    const seen = new Set<Socket>();
    const server: GatewayServer = createGatewayServer(
      (req, res) => {
        seen.add(req.socket);
        if (req.url === '/held') held.push(res);
        else res.end('ok');
      },
      { maxConnections },
      undefined,
      {
        onFull: (network) => full.push(network),
        ...(byAddress ? { networkOf: (peer: string) => peer.replace('::ffff:', '') } : {}),
      },
    );
    release = () => server.stop(100);
    return { port: (await server.listen(0, '127.0.0.1')).port, held, full, seen };
  }

  test('a newcomer is served, and the connection that has been idle longest is closed', async () => {
    const { port, full } = await open(3);
    const all = [await joinAndAsk(port), await joinAndAsk(port), await joinAndAsk(port)];
    await ask(all[0] as Socket);
    all.push(await joinAndAsk(port));
    await eventually(() => closed(all).length > 0);
    assert.deepEqual(closed(all), [1]);
    all.push(await joinAndAsk(port));
    await eventually(() => closed(all).length > 1);
    assert.deepEqual(closed(all), [1, 2]);
    assert.deepEqual(full, [undefined, undefined]);
  });

  test('connections that have sent nothing, or half a head, are idle', async () => {
    const { port } = await open(3);
    const silent = await join(port);
    const half = await join(port);
    half.write('GET / HTTP/1.1\r\nHost: a\r\nX-Half');
    const served = await joinAndAsk(port);
    await joinAndAsk(port);
    await eventually(() => silent.closed);
    await joinAndAsk(port);
    await eventually(() => half.closed);
    assert.ok(!served.closed);
  });

  test('a request in progress is never closed for a newcomer, which is refused when all others are busy', async () => {
    const { port, held } = await open(2);
    const busy = [await join(port), await join(port)];
    for (const socket of busy) socket.write(call('/held'));
    await eventually(() => held.length === 2);
    const refused = await join(port);
    await eventually(() => refused.closed);
    held[0]?.end('done');
    await once(busy[0] as Socket, 'data');
    const served = await joinAndAsk(port);
    await eventually(() => busy[0]?.closed === true);
    assert.deepEqual(closed([...busy, served]), [0]);
  });

  test('without an idle one, a body that does not end or a response that is not read makes room', async () => {
    const { port, held } = await open(3);
    const busy = await join(port);
    busy.write(call('/held'));
    const unfinished = await join(port);
    unfinished.write('POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    const unread = (await join(port)).pause();
    unread.write(call('/held'));
    await eventually(() => held.length === 3);
    held.find(({ req }) => req.socket.remotePort === unread.localPort)?.end(Buffer.alloc(64 * 1024 * 1024));
    for (const slow of [unfinished, unread]) {
      await eventually(async () => {
        const newcomer = await join(port);
        newcomer.write(call('/held'));
        await eventually(() => newcomer.closed || held.some(({ req }) => req.socket.remotePort === newcomer.localPort));
        return !newcomer.closed;
      });
      slow.resume();
      await eventually(() => slow.closed);
    }
    assert.ok(!busy.closed);
  });

  test('one network gets a tenth: beyond it, it loses its own connections, and others lose none', async () => {
    const { port, full } = await open(20, true);
    const other = await joinAndAsk(port, '127.0.0.3');
    const own: Socket[] = [];
    for (let index = 0; index < 5; index += 1) own.push(await joinAndAsk(port, '127.0.0.2'));
    await eventually(() => closed(own).length === 3);
    assert.deepEqual(closed(own), [0, 1, 2]);
    assert.ok(!other.closed);
    assert.deepEqual(full, ['127.0.0.2', '127.0.0.2', '127.0.0.2']);
  });

  test('connections that end make room again', async () => {
    const { port, full, seen } = await open(20, true);
    for (let round = 1; round <= 3; round += 1) {
      const pair = [await joinAndAsk(port, '127.0.0.2'), await joinAndAsk(port, '127.0.0.2')];
      for (const socket of pair) socket.destroy();
      await eventually(() => seen.size === 2 * round && [...seen].every((socket) => socket.closed));
    }
    assert.deepEqual(full, []);
  });
});

test('a gateway that others reach limits each network, except trusted proxies, and logs it once', async () => {
  const gateway = await createTestGateway({
    plugins: [],
    env: { HOST: '0.0.0.0', TRUSTED_PROXIES: '127.0.0.3' },
    serverLimits: { maxConnections: 20 },
  });
  release = () => gateway.close();
  const proxy: Socket[] = [];
  const stranger: Socket[] = [];
  for (let index = 0; index < 4; index += 1) {
    proxy.push(await joinAndAsk(gateway.port, '127.0.0.3'));
    stranger.push(await joinAndAsk(gateway.port, '127.0.0.2'));
  }
  await eventually(() => closed(stranger).length === 2);
  assert.deepEqual(closed(stranger), [0, 1]);
  assert.deepEqual(closed(proxy), []);
  const warned = () => gateway.log.filter((line) => line.includes('connections closed at a limit'));
  await eventually(() => warned().length > 0);
  const warnings = warned();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /"network":"127\.0\.0\.2"/);
});

test('a network is an IPv4 address or an IPv6 /56; proxies, also those on this machine, have none', () => {
  const networkOf = createConnectionNetwork(['192.0.2.0/24', '2001:db8:ffff::/48']);
  const same = (one: string, other: string) => networkOf(one) === networkOf(other);
  assert.ok(same('198.51.100.7', '::ffff:198.51.100.7'));
  assert.ok(!same('198.51.100.7', '198.51.100.8'));
  assert.ok(same('2001:db8:1:aa00::1', '2001:db8:1:aaff:1:2:3:4'));
  assert.ok(!same('2001:db8:1:aa00::1', '2001:db8:1:ab00::1'));
  assert.ok(same('2001:db8::1', '2001:db8:0:00ff::1'));
  assert.ok(!same('2001:db8::1', '2001:db8:0:100::1'));
  assert.equal(networkOf('192.0.2.9'), undefined);
  assert.equal(networkOf('::ffff:192.0.2.9'), undefined);
  assert.equal(networkOf('2001:db8:ffff:1::1'), undefined);
  for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) assert.equal(networkOf(own), undefined);
  assert.equal(networkOf('127.0.0.2'), '127.0.0.2');
});
