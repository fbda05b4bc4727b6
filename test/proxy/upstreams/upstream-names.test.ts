import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, mock, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createSharedLookup } from '../../../src/proxy/upstreams/shared-lookup.ts';
import { createUpstreamPool } from '../../../src/proxy/upstreams/upstream-pool.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { selfSignedName } from '../../support/certificate.ts';
import { openSocket } from '../../support/socket-backend.ts';

/** Addresses of the loopback network: two backends on one port, and none. */
const [one, two, none] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

describe('names of upstreams', () => {
  const servers: Server[] = [];
  let gateway: TestGateway;
  let folder: string;
  /** Names that were looked up, in their order. */
  const asked: string[] = [];
  let addresses: readonly string[];
  let namedOrigin: string;
  /** Called in place of the response of the next request. */
  let held: ((finish: () => void) => void) | undefined;

  async function listen(server: Server, address: string, port = 0): Promise<number> {
    servers.push(server);
    server.listen(port, address);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const { lookup } = dns;
  const lookUp: LookupFunction = (hostname, options, callback) => {
    if (!hostname.startsWith('backend.test')) {
      lookup(hostname, options, callback);
      return;
    }
    asked.push(hostname);
    const found = addresses.map((address) => ({ address, family: 4 }));
    setImmediate(() => callback(null, found));
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-test-'));
    writeFileSync(join(folder, 'ca.pem'), selfSignedName.cert);
    const answer =
      (address: string): RequestListener =>
      (req, res) => {
        const finish = (): void => void res.end(`${address} ${req.headers.host}`);
        const hold = held;
        held = undefined;
        if (hold) hold(finish);
        else finish();
      };
    const port = await listen(createServer(answer(one)), one);
    await listen(createServer(answer(two)), two, port);
    const secure = createTlsServer(selfSignedName, (req, res) => {
      res.end(`${(req.socket as TLSSocket).servername} ${req.headers.host}`);
    });
    const securePort = await listen(secure, one);
    mock.method(dns, 'lookup', lookUp as typeof dns.lookup);
    namedOrigin = `http://backend.test:${port}`;
    const common = { public: true, websocket: { enabled: true } };
    gateway = await createTestGateway({
      plugins: [],
      targets: {
        named: { ...common, upstreams: [namedOrigin] },
        other: { ...common, upstreams: [namedOrigin] },
        dotted: { ...common, upstreams: [`http://backend.test.:${port}`], prefixes: ['/dotted'] },
        secure: {
          ...common,
          upstreams: [`https://backend.test.:${securePort}`],
          prefixes: ['/secure'],
          tls: { ca: join(folder, 'ca.pem') },
        },
      },
    });
  });
  after(async () => {
    await gateway.close();
    mock.restoreAll();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    asked.length = 0;
    addresses = [one];
  });

  const call = async (target: string): Promise<string> => (await gateway.request('/', { target })).text;
  const serverOf = async (target = 'named'): Promise<string | undefined> => (await call(target)).split(' ')[0];

  test('a connection is used for 30 seconds, then the name is asked again', async () => {
    assert.deepEqual([await serverOf(), await serverOf()], [one, one]);
    assert.deepEqual(asked, ['backend.test']);
    addresses = [two];
    assert.equal(await serverOf(), one);

    // The call is in progress meanwhile: its connection is busy and not idle.
    const finish = new Promise<() => void>((resolve) => {
      held = resolve;
    });
    const calling = serverOf();
    const end = await finish;
    const { now } = performance;
    const later = mock.method(performance, 'now', () => now.call(performance) + 31_000);
    try {
      end();
      assert.equal(await calling, one);
      assert.equal(await serverOf(), two);
      assert.deepEqual(asked, ['backend.test', 'backend.test']);
    } finally {
      later.mock.restore();
    }
  });

  test('the next address is tried when one refuses', async () => {
    addresses = [none, two];
    assert.equal(await serverOf('other'), two);
  });

  test('connections that begin together share a look-up', async () => {
    const share = createSharedLookup();
    const ask = (): Promise<unknown> =>
      new Promise((resolve) => share('backend.test', { all: true }, (_error, found) => resolve(found)));
    const found = await Promise.all([ask(), ask(), ask()]);
    assert.deepEqual(found, Array(3).fill([{ address: one, family: 4 }]));
    assert.deepEqual(asked, ['backend.test']);
    await ask();
    assert.deepEqual(asked, ['backend.test', 'backend.test']);
  });

  test('connections of upgrades that begin together share a look-up', async () => {
    const { port } = new URL(namedOrigin);
    const timeouts = { connectMs: 3000, headersMs: 3000, idleMs: 3000, totalMs: 3000 };
    const pool = createUpstreamPool(namedOrigin, { timeouts });
    const sockets = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    for (const socket of sockets) {
      assert.deepEqual([socket.remoteAddress, socket.remotePort], [one, Number(port)]);
      socket.destroy();
    }
    assert.deepEqual(asked, ['backend.test']);
    await pool.destroy();
  });

  test('a final dot is neither dialled nor sent, and the certificate is checked without it', async () => {
    assert.match(await call('dotted'), /^127\.0\.0\.1 backend\.test:\d+$/);
    assert.match(await call('secure'), /^backend\.test backend\.test:\d+$/);
    assert.deepEqual(asked, ['backend.test', 'backend.test']);

    const { status, body } = await openSocket(`ws://127.0.0.1:${gateway.port}/dotted`);
    assert.equal(status, 200);
    assert.match(body, /^127\.0\.0\.1 backend\.test:\d+$/);
    const secured = await openSocket(`ws://127.0.0.1:${gateway.port}/secure`);
    assert.match(secured.body, /^backend\.test backend\.test:\d+$/);
  });
});
