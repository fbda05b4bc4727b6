import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts';
import { type Backend, createBackend } from '../support/backend.ts';
import { openSocket } from '../support/socket-backend.ts';

let backend: Backend;
let gateway: TestGateway;

before(async () => {
  backend = await createBackend();
  const upstreams = [backend.url];
  gateway = await createTestGateway({
    plugins: [],
    targets: {
      guarded: { upstreams, prefixes: ['/guarded'], websocket: { enabled: true } },
      forwarding: { upstreams, prefixes: ['/forwarding'], forwardAuthorization: true },
      open: { upstreams, prefixes: ['/open'], public: true },
    },
  });
});
after(async () => {
  await gateway.close();
  await backend.close();
});

const challenges: readonly [sent: string | string[], passed: string][] = [
  ['Basic realm="hookgate"', 'Bearer'],
  ['Bearer realm="a", BASIC realm="b"', 'Bearer'],
  ['Digest realm="a", nonce="b"', 'Bearer'],
  ['Negotiate', 'Bearer'],
  ['NTLM', 'Bearer'],
  [['Bearer realm="a"', 'basic'], 'Bearer'],
  ['Bearer realm="basic", error="invalid_token"', 'Bearer realm="basic", error="invalid_token"'],
  ['DPoP algs="ES256"', 'DPoP algs="ES256"'],
];

test('no backend makes a browser ask for the credentials of the gateway', async () => {
  const token = await gateway.token();
  for (const [sent, passed] of challenges) {
    backend.answer((_req, res) => {
      res.setHeader('WWW-Authenticate', sent);
      res.writeHead(401).end();
    });
    for (const path of ['/guarded', '/forwarding'])
      assert.equal((await gateway.request(path, { token })).headers.get('www-authenticate'), passed, String(sent));
    assert.equal((await gateway.request('/open')).headers.get('www-authenticate'), [sent].flat().join(', '));
  }
});

test('a refused upgrade follows the same rule', async () => {
  backend.server.on('upgrade', (_req, socket) => {
    socket.end(
      'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="a"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
  });
  const headers = { Authorization: `Bearer ${await gateway.token()}` };
  const { status, headers: answered } = await openSocket(`${gateway.url.replace('http', 'ws')}/guarded`, { headers });
  assert.deepEqual([status, answered['www-authenticate']], [401, 'Bearer']);
});
