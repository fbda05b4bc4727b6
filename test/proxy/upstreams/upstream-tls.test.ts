import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { selfSigned } from '../../support/certificate.ts';
import { eventually } from '../../support/eventually.ts';
import { patient, tooSlowHere, watchStalls } from '../../support/patience.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

let backend: Server;
let gateway: TestGateway;
let folder: string;
let vouched: { upstreams: string[]; tls: { ca: string }; public: true };
let connections = 0;
let checks = 0;

before(async () => {
  backend = createServer(selfSigned, (req, res) => {
    if (req.url === '/healthz') checks += 1;
    res.end(`${req.headers.host}`);
  });
  backend.on('secureConnection', () => {
    connections += 1;
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  folder = mkdtempSync(join(tmpdir(), 'hookgate-test-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, selfSigned.cert);
  const { port } = backend.address() as AddressInfo;
  vouched = { upstreams: [`https://127.0.0.1:${port}`], tls: { ca }, public: true };
  gateway = await createTestGateway({
    plugins: [],
    targets: {
      vouched: { ...vouched, preserveHost: true },
      renamed: { upstreams: [`https://localhost:${port}`], tls: { ca }, public: true },
      unknown: { upstreams: [`https://127.0.0.1:${port}`], public: true },
    },
  });
});
after(async () => {
  await gateway.close();
  backend.close();
  backend.closeAllConnections();
  rmSync(folder, { recursive: true });
});

test("a certificate is checked against the upstream's name and not the client's Host", async () => {
  for (const host of ['a.example.com', 'b.example.com', 'a.example.com']) {
    const text = requestText('GET /', ['X-Target-Server: vouched']).replace('gateway.test', host);
    const answer = await rawRequest(gateway.port, text);
    assert.deepEqual([answer.status, answer.text], [200, host]);
  }
  assert.equal(connections, 1);
});

test('a certificate of an unknown CA or for another name is refused', async () => {
  assertError(await gateway.request('/', { target: 'unknown' }), 'UPSTREAM_UNREACHABLE');
  assertError(await gateway.request('/', { target: 'renamed' }), 'UPSTREAM_UNREACHABLE');
});

test('health checks and calls share connections', async (t) => {
  const intervalMs = Math.round(patient(100));
  const longestStall = watchStalls();
  const checked = await createTestGateway({
    plugins: [],
    targets: { vouched: { ...vouched, healthCheck: { path: '/healthz', intervalMs } } },
  });
  const before = connections;
  try {
    for (let turn = 0; turn < 5; turn += 1) {
      const seen = checks;
      await eventually(() => checks > seen);
      assert.equal((await checked.request('/', { target: 'vouched' })).status, 200);
    }
  } finally {
    await checked.close();
  }
  // A check that takes longer than the interval closes its connection.
  if (connections - before > 2 && tooSlowHere(t, longestStall(), intervalMs / 2)) return;
  // The first connection may be busy with a check when a call begins.
  assert.ok(connections - before <= 2, `${connections - before} connections`);
});
