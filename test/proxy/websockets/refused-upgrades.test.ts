import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { selfSigned } from '../../support/certificate.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { switching, switchToWebSocket, webSocketKey } from '../../support/raw-upgrade.ts';
import { createSocketBackend, type SocketBackend } from '../../support/socket-backend.ts';

/** How both backends answer an upgrade, set by each test. */
let refuse: (socket: Duplex) => void;
let plain: SocketBackend;
let secure: SocketBackend;
let gateway: TestGateway;
let folder: string;
/** Connections of upgrades: the servers forget them. */
const upgraded = new Set<Duplex>();

before(async () => {
  const servers = [createServer(), createTlsServer(selfSigned)] as const;
  for (const server of servers) server.on('request', (_req, res) => void res.end('page'));
  [plain, secure] = [await createSocketBackend(servers[0]), await createSocketBackend(servers[1])];
  for (const server of servers) {
    server.removeAllListeners('upgrade').on('upgrade', (_req, socket: Duplex) => {
      upgraded.add(socket);
      socket.on('error', () => undefined);
      refuse(socket);
    });
  }
  folder = mkdtempSync(join(tmpdir(), 'hookgate-ca-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, selfSigned.cert);
  const common = {
    public: true,
    websocket: { enabled: true },
    breaker: { failures: 2 },
    timeouts: { headersMs: 300 },
  };
  gateway = await createTestGateway({
    plugins: [],
    targets: {
      plain: { ...common, upstreams: [plain.url] },
      secure: { ...common, upstreams: [secure.url.replace('http:', 'https:')], tls: { ca } },
      failing: { ...common, upstreams: [plain.url] },
      silent: { ...common, upstreams: [plain.url] },
    },
  });
});
after(async () => {
  await gateway.close();
  for (const socket of upgraded) socket.destroy();
  await Promise.all([plain.close(), secure.close()]);
  rmSync(folder, { recursive: true });
});

const ask = (target: string): string =>
  [
    'GET /unknown HTTP/1.1',
    'Host: gateway.test',
    `X-Target-Server: ${target}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${webSocketKey}`,
    'Sec-WebSocket-Version: 13',
    '',
    '',
  ].join('\r\n');

/** The status of a page after as many refused upgrades as would open the breaker. */
async function pageAfter(target: string, status: number): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await rawRequest(gateway.port, ask(target))).status, status);
  return (await gateway.request('/', { target })).status;
}

for (const target of ['plain', 'secure']) {
  test(`upgrades that a ${target} backend refuses by closing the connection do not open its breaker`, async () => {
    refuse = (socket) => void socket.destroy();
    assert.equal(await pageAfter(target, 502), 200);
  });
}

test('upgrades that a backend accepts in another way than the client asked for do not open its breaker', async () => {
  const answers = [
    switching('Upgrade: other'),
    switchToWebSocket.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: chat\r\n\r\n'),
  ];
  for (const answer of answers) {
    refuse = (socket) => void socket.write(answer);
    assert.equal(await pageAfter('plain', 502), 200);
  }
});

test('upgrades that get a failing status, or no response in time, open the breaker', async () => {
  refuse = (socket) => void socket.end('HTTP/1.1 503 Away\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  for (let turn = 0; turn < 2; turn += 1) assert.equal((await rawRequest(gateway.port, ask('failing'))).status, 503);
  assert.equal((await gateway.request('/', { target: 'failing' })).status, 503);
  refuse = () => undefined;
  for (let turn = 0; turn < 2; turn += 1) assert.equal((await rawRequest(gateway.port, ask('silent'))).status, 504);
  assert.equal((await gateway.request('/', { target: 'silent' })).status, 503);
});
