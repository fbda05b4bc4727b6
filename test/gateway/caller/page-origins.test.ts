import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { definePlugin } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { createSocketBackend, openSocket, type SocketBackend } from '../../support/socket-backend.ts';

const host = 'api.example.com';
const listed = 'https://app.example.com';
const ofSockets = 'https://chat.example.com';
const basic = `Basic ${Buffer.from('joe@example.com:secret').toString('base64')}`;
const wrong = `Basic ${Buffer.from('joe@example.com:wrong').toString('base64')}`;

/** One person with a password, as any plugin may provide them. */
const people = definePlugin({
  name: 'people',
  apiVersion: 1,
  setup: ({ provideIdentity }) => {
    provideIdentity({
      verifyBasic: async (_name, password) =>
        password === 'secret'
          ? {
              issuer: 'people',
              subject: 'joe',
              email: undefined,
              organizations: ['o'],
              defaultOrganization: 'o',
              scopes: new Set(),
            }
          : undefined,
    });
    return { routes: [] };
  },
});

const fromElsewhere: readonly (readonly string[])[] = [
  ['Origin: https://evil.example.com'],
  ['Origin: https://evil.example.com', 'Sec-Fetch-Site: same-origin'],
  ['Origin: null'],
  ['Origin:'],
  [`Origin: ${host}`],
  [`Origin: http://${host}:8081`],
  [`Origin: http://${host}.evil.com`],
  [`Origin: ftp://${host}`],
  [`Origin: http://${host}, ${listed}`],
  [`Origin: ${listed}/`],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site'],
  ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
  [`Origin: http://${host}`, 'Sec-Fetch-Site: cross-site'],
];
const fromHere: readonly (readonly string[])[] = [
  [],
  [`Origin: http://${host}`],
  [`Origin: https://${host}`, 'Sec-Fetch-Site: same-origin'],
  ['Sec-Fetch-Site: none'],
  [`Origin: ${listed}`, 'Sec-Fetch-Site: same-site'],
];

describe('calls with Basic credentials, which a browser adds on its own', () => {
  let backend: Backend;
  let sockets: SocketBackend;
  let gateway: TestGateway;

  before(async () => {
    backend = await createBackend();
    sockets = await createSocketBackend();
    const chat = { enabled: true, origins: [ofSockets] };
    gateway = await createTestGateway({
      plugins: [echo, people],
      targets: {
        billing: { upstreams: [backend.url], prefixes: ['/billing'] },
        open: { upstreams: [backend.url], prefixes: ['/open'], public: true },
        chat: { upstreams: [sockets.url], prefixes: ['/chat'], websocket: chat },
        other: { upstreams: [sockets.url], prefixes: ['/other'], websocket: { enabled: true } },
      },
      env: { CORS_ORIGINS: listed, DOCS: 'authenticated' },
    });
  });
  beforeEach(() => {
    backend.requests.length = 0;
  });
  after(async () => {
    await gateway.close();
    await sockets.close();
    await backend.close();
  });

  const send = (path: string, lines: readonly string[], authorization = basic, method = 'GET', name = host) =>
    rawRequest(
      gateway.port,
      [
        `${method} ${path} HTTP/1.1`,
        `Host: ${name}`,
        'Connection: close',
        ...(authorization === '' ? [] : [`Authorization: ${authorization}`]),
        ...lines,
        '',
        '',
      ].join('\r\n'),
    );

  test('the call of a page of another origin is 403 everywhere, and does not reach a backend', async () => {
    for (const lines of fromElsewhere) {
      for (const path of ['/billing/a', '/open/a', '/echo', '/echo/open', '/openapi.json', '/nowhere'])
        assertError(await send(path, lines), 'ORIGIN_REFUSED', `${path} ${lines}`);
      assertError(await send('/billing/a', lines, basic, 'POST'), 'ORIGIN_REFUSED', String(lines));
      assertError(await send('/a', ['X-Target-Server: billing', ...lines]), 'ORIGIN_REFUSED', String(lines));
    }
    assert.equal(backend.requests.length, 0);
  });

  test('the calls of pages of its own origin, of listed origins and of programs pass', async () => {
    for (const lines of fromHere) {
      assert.equal((await send('/billing/a', lines, basic, 'POST')).text, 'POST /billing/a', String(lines));
      assert.equal((await send('/openapi.json', lines)).status, 200);
      assert.equal((await send('/echo', lines)).body.subject, 'joe');
    }
    for (const [name, origin] of [
      ['API.example.com:8080', `http://${host}:8080`],
      ['api.example.com:443', `https://${host}`],
      ['[::1]:9000', 'http://[::1]:9000'],
    ] as const)
      assert.equal((await send('/echo', [`Origin: ${origin}`], basic, 'GET', name)).status, 200, name);
  });

  test('tokens and calls without credentials are not concerned', async () => {
    const bearer = `Bearer ${await gateway.token()}`;
    for (const lines of fromElsewhere) {
      assert.equal((await send('/billing/a', lines, bearer)).status, 200, String(lines));
      assert.equal((await send('/open/a', lines, '')).status, 200);
      assertError(await send('/billing/a', lines, ''), 'UNAUTHORIZED');
    }
  });

  test('wrong credentials learn neither targets nor the origins that these list', async () => {
    for (const path of ['/chat', '/billing', '/nowhere'])
      assertError(await send(path, [`Origin: ${ofSockets}`], wrong), 'UNAUTHORIZED', path);
    for (const path of ['/billing', '/other', '/nowhere'])
      assertError(await send(path, [`Origin: ${ofSockets}`]), 'ORIGIN_REFUSED', path);
  });

  test('upgrades follow the same rule', async () => {
    const upgrade = (path: string, headers: Record<string, string>) =>
      openSocket(`${gateway.url.replace('http', 'ws')}${path}`, { headers: { Authorization: basic, ...headers } });
    const codeOf = async (opened: ReturnType<typeof upgrade>): Promise<string> => {
      const { peer, status, body } = await opened;
      peer.terminate();
      return status === 101 ? '101' : `${status} ${JSON.parse(body).error.code}`;
    };
    for (const headers of [
      { Origin: 'https://evil.example.com' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      for (const path of ['/chat', '/other', '/nowhere'])
        assert.equal(await codeOf(upgrade(path, headers)), '403 ORIGIN_REFUSED', `${path} ${JSON.stringify(headers)}`);
    }
    assert.equal(await codeOf(upgrade('/other', { Origin: ofSockets })), '403 ORIGIN_REFUSED');
    assert.equal(await codeOf(upgrade('/chat', { Origin: ofSockets, 'Sec-Fetch-Site': 'cross-site' })), '101');
    assert.equal(await codeOf(upgrade('/chat', {})), '101');
    assert.equal(await codeOf(upgrade('/nowhere', { Origin: ofSockets, Authorization: wrong })), '401 UNAUTHORIZED');
  });
});

test('behind a trusted proxy, its names for host and protocol are the own origin', async () => {
  const gateway = await createTestGateway({ plugins: [echo, people], env: { TRUSTED_PROXIES: '127.0.0.1' } });
  const forwarded = { 'X-Forwarded-Host': 'api.example.com', 'X-Forwarded-Proto': 'https' };
  const call = (Origin: string) =>
    gateway.request('/echo', { headers: { ...forwarded, Authorization: basic, Origin } });
  try {
    assert.equal((await call('https://api.example.com')).status, 200);
    assertError(await call('http://api.example.com'), 'ORIGIN_REFUSED');
    assertError(await call(gateway.url), 'ORIGIN_REFUSED');
  } finally {
    await gateway.close();
  }
});
