import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { definePlugin, remoteTarget } from '../../../src/plugin.ts';
import { createTestGateway, type RemoteTargetDefinition, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { echo } from '../../support/echo-plugin.ts';
import { type RawAnswer, rawRequest } from '../../support/raw-request.ts';
import { createSocketBackend, openSocket, type SocketBackend } from '../../support/socket-backend.ts';

const shop = 'shop.example.com';

describe('a target with a host of its own', () => {
  let backend: Backend;
  let sockets: SocketBackend;
  let gateway: TestGateway;
  let bearer: string;

  before(async () => {
    backend = await createBackend();
    sockets = await createSocketBackend();
    const upstreams = [backend.url];
    const press = definePlugin({
      name: 'press',
      apiVersion: 1,
      setup: () => remoteTarget({ upstreams, hosts: ['press.example.com'] }),
    });
    gateway = await createTestGateway({
      plugins: [echo, press],
      targets: {
        shop: { upstreams, hosts: ['Shop.example.com.', '10.0.0.7'] },
        open: { upstreams, hosts: ['open.example.com'], public: true },
        live: { upstreams: [sockets.url], hosts: ['live.example.com'], websocket: { enabled: true } },
        billing: { upstreams, prefixes: ['/billing'] },
      },
      env: { TRUSTED_PROXIES: '127.0.0.0/8' },
    });
    bearer = `Authorization: Bearer ${await gateway.token()}`;
  });
  beforeEach(() => {
    backend.requests.length = 0;
  });
  after(async () => {
    await gateway.close();
    await sockets.close();
    await backend.close();
  });

  const send = (host: string, path = '/', lines: readonly string[] = [bearer]): Promise<RawAnswer> =>
    rawRequest(
      gateway.port,
      [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n'),
    );

  test('its host leads to it without X-Target-Server, in every spelling', async () => {
    for (const host of [
      shop,
      'SHOP.example.COM',
      `${shop}:8080`,
      `${shop}.`,
      `${shop}.:443`,
      '10.0.0.7',
      'press.example.com',
    ])
      assert.equal((await send(host, '/a?b=1')).text, 'GET /a?b=1', host);
    assert.equal((await send(shop, '/', [bearer, 'X-Target-Server: shop'])).status, 200);
    assert.equal((await send('open.example.com', '/', [])).status, 200);
    for (const host of ['example.com', `a.${shop}`, `${shop}.evil.com`, 'shop', 'gateway.test'])
      assertError(await send(host, '/a'), 'TARGET_REQUIRED', host);
  });

  test('no other target and no page of the gateway is on its host', async () => {
    const paths = [
      '/docs',
      '/docs/start.js',
      '/openapi.json',
      '/healthz',
      '/readyz',
      '/echo',
      '/billing/a',
      '/api/v1/x',
    ];
    for (const path of paths) {
      assert.equal((await send(shop, path)).text, `GET ${path}`);
      assertError(await send(shop, path, []), 'UNAUTHORIZED', path);
      assert.equal((await send('open.example.com', path, [])).text, `GET ${path}`);
    }
    backend.requests.length = 0;
    for (const target of ['echo', 'billing', 'open', 'unknown', '']) {
      for (const path of ['/echo', '/echo/open', '/billing/a']) {
        assertError(await send(shop, path, [bearer, `X-Target-Server: ${target}`]), 'TARGET_UNKNOWN', target);
        assertError(await send('open.example.com', path, [`X-Target-Server: ${target}x`]), 'UNAUTHORIZED', target);
      }
    }
    assert.equal(backend.requests.length, 0);
  });

  test('X-Forwarded-Host of a trusted proxy counts as the host, and leads away from no claimed host', async () => {
    assert.equal((await send('gateway.test', '/a', [bearer, `X-Forwarded-Host: ${shop}`])).text, 'GET /a');
    for (const other of ['gateway.test', 'open.example.com', `${shop}, gateway.test`])
      assertError(
        await send(shop, '/echo/open', [`X-Forwarded-Host: ${other}`, 'X-Target-Server: echo']),
        'UNAUTHORIZED',
      );
  });

  test('upgrades follow the same rule', async () => {
    const url = gateway.url.replace('http', 'ws');
    const headers = { Host: 'live.example.com', Authorization: bearer.slice('Authorization: '.length) };
    const opened = await openSocket(`${url}/any`, { headers });
    opened.peer.terminate();
    assert.equal(opened.status, 101);
    assert.equal((await openSocket(`${url}/any`, { headers: { Host: 'live.example.com' } })).status, 401);
    for (const [host, target] of [
      ['live.example.com', 'shop'],
      [shop, 'live'],
    ] as const) {
      const refused = await openSocket(`${url}/any`, {
        headers: { ...headers, Host: host, 'X-Target-Server': target },
      });
      assert.deepEqual([refused.status, JSON.parse(refused.body).error.code], [404, 'TARGET_UNKNOWN']);
    }
  });
});

test('a host that two targets claim stops the start', async () => {
  const start = (targets: Record<string, RemoteTargetDefinition>, plugins: Parameters<typeof definePlugin>[0][] = []) =>
    createTestGateway({ plugins, targets });
  const upstreams = ['http://127.0.0.1:9'];
  await assert.rejects(
    start({ a: { upstreams, hosts: [shop] }, b: { upstreams, hosts: ['SHOP.example.com.'] } }),
    /target "b" \(.+\) and target "a" \(.+\) both claim the host shop\.example\.com/,
  );
  const press = definePlugin({ name: 'press', apiVersion: 1, setup: () => remoteTarget({ upstreams, hosts: [shop] }) });
  await assert.rejects(start({ a: { upstreams, hosts: [shop] } }, [press]), /and plugin "press" both claim the host/);
  await assert.rejects(
    start({ a: { upstreams, hosts: [shop, 'Shop.example.com'] } }),
    /hosts\[1\] contains a duplicate/,
  );
});
