import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { WebSocket } from 'ws';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';
import {
  closeCode,
  createSocketBackend,
  nextMessage,
  type OpenOptions,
  openSocket,
  type SocketBackend,
} from '../../support/socket-backend.ts';

let backend: SocketBackend;
let gateway: TestGateway;
let peers: WebSocket[] = [];

before(async () => {
  backend = await createSocketBackend();
  const upstreams = [backend.url];
  gateway = await createTestGateway({
    plugins: [echo],
    targets: {
      chat: {
        upstreams,
        prefixes: ['/ws/chat'],
        stripPrefix: '/ws/chat',
        addPrefix: '/v2',
        scopes: ['chat:use'],
        websocket: { enabled: true, origins: ['https://app.example.com'] },
      },
      browser: {
        upstreams,
        prefixes: ['/ws/browser'],
        websocket: { enabled: true, tokenFrom: ['subprotocol', 'query'] },
      },
      open: { upstreams, prefixes: ['/ws/open'], public: true, websocket: { enabled: true } },
      quiet: { upstreams, prefixes: ['/ws/quiet'], websocket: { enabled: true }, timeouts: { idleMs: 100 } },
      plain: { upstreams, prefixes: ['/plain'] },
    },
  });
});
afterEach(async () => {
  for (const peer of peers) peer.terminate();
  peers = [];
  await eventually(() => backend.sockets.size === 0);
  backend.requests.length = 0;
});
after(async () => {
  await gateway.close();
  await backend.close();
});

async function open(path: string, options: OpenOptions = {}) {
  const opened = await openSocket(gateway.url.replace('http', 'ws') + path, options);
  peers.push(opened.peer);
  return opened;
}

const bearer = async (scope = 'chat:use', lifetimeSeconds = 3600) => ({
  headers: { Authorization: `Bearer ${await gateway.token({ scope, lifetimeSeconds })}` },
});

const codeOf = ({ status, body }: { status: number; body: string }): string =>
  `${status} ${(JSON.parse(body) as { error: { code: string } }).error.code}`;

const linesOf = (id: unknown): string[] =>
  gateway.log.filter((line) => line.includes('"access"') && line.includes(`"request_id":"${id}"`));

/** The single line of the access log about the request with this id. */
async function lineOf(id: unknown): Promise<Record<string, unknown>> {
  await eventually(() => linesOf(id).length > 0);
  assert.equal(linesOf(id).length, 1);
  return JSON.parse(linesOf(id)[0] ?? '') as Record<string, unknown>;
}

test('text, binary and large messages pass in both directions', async () => {
  const { peer, headers } = await open('/ws/chat/room', await bearer());
  assert.equal(typeof headers['x-request-id'], 'string');
  for (const message of ['a', 'ümläut', 'x'.repeat(70_000)]) {
    peer.send(message);
    const { data, isBinary } = await nextMessage(peer);
    assert.deepEqual([data.toString(), isBinary], [message, false]);
  }
  const bytes = randomBytes(5_000_000);
  peer.send(bytes);
  const large = await nextMessage(peer);
  assert.ok(large.data.equals(bytes) && large.isBinary);
});

test('the backend gets the rewritten path, the identity of the caller and no credentials', async () => {
  await open('/ws/chat/room%20a/?q=1&q=%32', await bearer());
  const [request] = backend.requests;
  assert.equal(request?.url, '/v2/room%20a/?q=1&q=%32');
  assert.equal(request?.headers['x-user-id'], 'tester');
  assert.equal(request?.headers['x-user-org'], 'test-org');
  assert.equal(request?.headers.host, new URL(backend.url).host);
  assert.equal(request?.headers.authorization, undefined);
});

test('identity and forwarding headers of a client do not reach the backend', async () => {
  const { headers } = await bearer();
  await open('/ws/chat/', {
    headers: { ...headers, 'X-User-Id': 'admin', X_User_Email: 'root@example.com', 'X-Forwarded-For': '10.0.0.1' },
  });
  const [request] = backend.requests;
  assert.equal(request?.headers['x-user-id'], 'tester');
  assert.equal(request?.headers.x_user_email, undefined);
  assert.equal(request?.headers['x-forwarded-for'], '127.0.0.1');
});

test('a refused upgrade gets the error of its reason and does not reach the backend', async () => {
  const connections = backend.connections();
  const valid = await bearer();
  const refused = {
    none: await open('/ws/chat/'),
    garbage: await open('/ws/chat/', { headers: { Authorization: 'Bearer x.y.z' } }),
    scope: await open('/ws/chat/', await bearer('')),
    unknownWithout: await open('/nowhere'),
    unknown: await open('/', { headers: { ...valid.headers, 'X-Target-Server': 'nowhere' } }),
    outside: await open('/ws/chatter', { headers: { ...valid.headers, 'X-Target-Server': 'chat' } }),
    slash: await open('/ws/chat/a%2fb', valid),
    off: await open('/plain/', valid),
    plugin: await open('/echo', valid),
    health: await open('/healthz', valid),
  };
  assert.deepEqual(Object.fromEntries(Object.entries(refused).map(([name, answer]) => [name, codeOf(answer)])), {
    none: '401 UNAUTHORIZED',
    garbage: '401 UNAUTHORIZED',
    scope: '403 FORBIDDEN',
    unknownWithout: '401 UNAUTHORIZED',
    unknown: '404 TARGET_UNKNOWN',
    outside: '404 NOT_FOUND',
    slash: '400 BAD_REQUEST_TARGET',
    off: '400 UPGRADE_REFUSED',
    plugin: '400 UPGRADE_REFUSED',
    health: '400 TARGET_REQUIRED',
  });
  for (const { headers } of Object.values(refused)) assert.equal(headers.connection, 'close');
  assert.equal(backend.connections(), connections);
});

test('only listed origins may connect', async () => {
  const credentials = await bearer();
  for (const origin of ['https://evil.example.com', 'https://app.example.com.evil.example', 'null']) {
    assert.equal(codeOf(await open('/ws/chat/', { ...credentials, origin })), '403 ORIGIN_REFUSED');
  }
  assert.equal(codeOf(await open('/ws/open/', { origin: 'https://app.example.com' })), '403 ORIGIN_REFUSED');
  // A refusal of the origin must not reveal which targets exist.
  assert.equal(codeOf(await open('/ws/chat/', { origin: 'https://evil.example.com' })), '401 UNAUTHORIZED');
  assert.equal(backend.requests.length, 0);
  assert.equal((await open('/ws/chat/', { ...credentials, origin: 'https://app.example.com' })).status, 101);
});

test('a token among the subprotocols is removed, and the backend chooses among the others', async () => {
  const token = await gateway.token();
  const { peer } = await open('/ws/browser/', { protocols: [`hookgate.bearer.${token}`, 'news', 'other'] });
  assert.equal(peer.protocol, 'news');
  assert.equal(backend.requests[0]?.headers['sec-websocket-protocol'], 'news, other');
  assert.equal(backend.requests[0]?.headers['x-user-id'], 'tester');
});

test('the subprotocol hookgate is selected when the backend selects none', async () => {
  const token = await gateway.token();
  const { peer } = await open('/ws/browser/', { protocols: ['hookgate', `hookgate.bearer.${token}`] });
  assert.equal(peer.protocol, 'hookgate');
  assert.equal(backend.requests[0]?.headers['sec-websocket-protocol'], undefined);
  const other = await open('/ws/browser/', { protocols: ['hookgate', `hookgate.bearer.${token}`, 'chat'] });
  assert.equal(other.peer.protocol, 'chat');
});

test('a token in the query is removed and never logged', async () => {
  const token = await gateway.token();
  let id: unknown;
  for (const [query, expected] of [
    [`?access_token=${token}`, ''],
    [`?a=1&access_token=${token}&b=%20`, '?a=1&b=%20'],
    [`?access_token=${token}&&`, '?&'],
  ]) {
    id = (await open(`/ws/browser/${query}`)).headers['x-request-id'];
    assert.equal(backend.requests.at(-1)?.url, `/ws/browser/${expected}`);
  }
  for (const peer of peers) peer.close();
  await lineOf(id);
  assert.ok(gateway.log.every((line) => !line.includes(token.slice(-20)) && !line.includes('access_token')));
});

test('a token in a place that is not enabled is ignored', async () => {
  const token = await gateway.token({ scope: 'chat:use' });
  const authorization = { headers: { Authorization: `Bearer ${token}` } };
  assert.equal(codeOf(await open(`/ws/chat/?access_token=${token}`)), '401 UNAUTHORIZED');
  assert.equal(
    codeOf(await open('/ws/chat/', { protocols: ['chat', `hookgate.bearer.${token}`] })),
    '401 UNAUTHORIZED',
  );
  assert.equal(codeOf(await open('/ws/browser/', authorization)), '401 UNAUTHORIZED');
  assert.equal((await open('/ws/chat/?access_token=mine', authorization)).status, 101);
  assert.equal(backend.requests.at(-1)?.url, '/v2/?access_token=mine');
});

test('tokens in two places are refused, but only if the first one is valid', async () => {
  const token = await gateway.token();
  const twice = { protocols: ['chat', `hookgate.bearer.${token}`] };
  assert.equal(codeOf(await open('/ws/browser/?access_token=x', twice)), '400 BAD_REQUEST');
  assert.equal(codeOf(await open(`/ws/browser/?access_token=${token}&access_token=${token}`)), '400 BAD_REQUEST');
  assert.equal(codeOf(await open('/ws/browser/?access_token=x&access_token=y')), '401 UNAUTHORIZED');
});

test('a public target requires no token and forwards everything', async () => {
  const { headers } = await bearer();
  assert.equal((await open('/ws/open/?access_token=x', { headers })).status, 101);
  assert.equal(backend.requests[0]?.url, '/ws/open/?access_token=x');
  assert.equal(backend.requests[0]?.headers.authorization, headers.Authorization);
});

test('a WebSocket is closed when its token expires', async () => {
  const credentials = await bearer('chat:use', 3600);
  gateway.clock.advance(3_600_000 - 2000);
  try {
    const { peer } = await open('/ws/chat/', credentials);
    const code = closeCode(peer);
    // The rest of its life, and the leeway.
    gateway.clock.advance(7000);
    assert.equal(await code, 1008);
    await eventually(() => backend.sockets.size === 0);
    assert.equal(codeOf(await open('/ws/chat/', credentials)), '401 UNAUTHORIZED');
  } finally {
    gateway.clock.set(new Date());
  }
});

test('an idle WebSocket is closed, and an active one is not', async () => {
  const { peer } = await open('/ws/quiet/', await bearer());
  const code = closeCode(peer);
  let isClosed = false;
  void code.then(() => {
    isClosed = true;
  });
  const startedAt = performance.now();
  while (performance.now() - startedAt < 300) {
    peer.send('still here');
    await nextMessage(peer);
  }
  assert.ok(!isClosed);
  assert.equal(await code, 1001);
});

test('each side of a WebSocket is closed when the other one closes', async () => {
  const first = await open('/ws/chat/', await bearer());
  const code = closeCode(first.peer);
  for (const peer of backend.sockets) peer.terminate();
  assert.equal(await code, 1006);
  const second = await open('/ws/chat/', await bearer());
  second.peer.terminate();
  await eventually(() => backend.sockets.size === 0);
  const third = await open('/ws/chat/', await bearer());
  const closing = closeCode(third.peer);
  for (const peer of backend.sockets) peer.close(4321);
  assert.equal(await closing, 4321);
});

test('the access log has one line for each WebSocket, at its end', async () => {
  const { peer, headers } = await open('/ws/chat/', await bearer());
  const id = headers['x-request-id'];
  peer.send('x');
  await nextMessage(peer);
  assert.equal(linesOf(id).length, 0);
  peer.close();
  const line = await lineOf(id);
  assert.deepEqual([line.status, line.target, line.principal, line.aborted], [101, 'chat', 'tester', undefined]);
  assert.equal(typeof line.duration_ms, 'number');
});

test('a refused upgrade is logged like any other request', async () => {
  const { headers } = await open('/ws/chat/');
  const line = await lineOf(headers['x-request-id']);
  assert.deepEqual([line.status, line.target, line.reason], [401, 'chat', 'no credentials']);
  assert.equal(line.aborted, undefined);
});
