import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { WebSocket } from 'ws';
import { authentication } from '../../../plugins/authentication/index.ts';
import { createApiKeyService, type IssuedApiKey } from '../../../plugins/authentication/keys/api-key-service.ts';
import { databaseUnavailable } from '../../../src/errors.ts';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import { openTunnel, switching } from '../../support/raw-upgrade.ts';
import {
  closeCode,
  createRawBackend,
  createSocketBackend,
  openSocket,
  type RawBackend,
  type SocketBackend,
} from '../../support/socket-backend.ts';

const minuteMs = 60_000;

/** Streams that the backend and the plugin have open. */
let streams: { closed: boolean }[] = [];
let sockets: SocketBackend;
let raw: RawBackend;
let gateway: TestGateway;
let peers: WebSocket[] = [];
let requests: ClientRequest[] = [];

/** Users of the plugin `users`, its finished look-ups, and the state of its store. */
const users = { known: new Set<string>(), asked: [] as string[], atWork: 0, most: 0, isAway: false };

const usersPlugin = definePlugin({
  name: 'users',
  apiVersion: 1,
  setup({ provideIdentity }) {
    provideIdentity({
      verifyBasic: async (username) => {
        if (!username.startsWith('user')) return undefined;
        users.atWork += 1;
        users.most = Math.max(users.most, users.atWork);
        await new Promise((resolve) => setTimeout(resolve, 2));
        users.atWork -= 1;
        users.asked.push(username);
        if (users.isAway) throw databaseUnavailable('away');
        if (!users.known.has(username)) return undefined;
        const scopes = new Set(['chat:use', 'news:read']);
        return {
          issuer: 'users',
          subject: username,
          email: undefined,
          organizations: '*',
          defaultOrganization: 'a',
          scopes,
        };
      },
    });
    const stream = defineRoute({
      method: 'GET',
      path: '/api/v1/stream',
      summary: 'Stream without end',
      scopes: ['news:read'],
      answers: { 200: { description: 'A stream.' } },
      handler: (_req, res) => {
        res.write('first');
        streams.push(res);
        return once(res, 'close');
      },
    });
    return { routes: [stream] };
  },
});

before(async () => {
  const server = createServer((req, res) => {
    streams.push(res);
    if (req.method === 'POST') req.resume();
    else res.write('first');
  });
  sockets = await createSocketBackend(server);
  raw = await createRawBackend((socket) => void socket.write(switching('Upgrade: raw')));
  const websocket = { enabled: true, tokenFrom: ['header' as const, 'query' as const] };
  gateway = await createTestGateway({
    plugins: [authentication, usersPlugin],
    targets: {
      chat: { upstreams: [sockets.url], prefixes: ['/ws/chat'], scopes: ['chat:use'], websocket },
      news: { upstreams: [sockets.url], prefixes: ['/ws/news'], scopes: ['news:read'], websocket },
      raw: { upstreams: [raw.url], prefixes: ['/raw'], websocket },
    },
  });
});
beforeEach(() => {
  Object.assign(users, { asked: [], most: 0, isAway: false });
  users.known.clear();
});
afterEach(async () => {
  for (const peer of peers) peer.terminate();
  for (const request of requests) request.destroy();
  peers = [];
  requests = [];
  await eventually(() => sockets.sockets.size === 0 && streams.every(({ closed }) => closed));
  streams = [];
});
after(async () => {
  await gateway.close();
  await Promise.all([sockets.close(), raw.close()]);
});

const keyService = () => createApiKeyService(gateway.app.foundation);

const createKey = () =>
  keyService().create({ email: 'joe@example.com', organizations: ['myorg'], scope: 'chat:use news:read' });

const basic = (name: string, password = 'x') => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
const basicOf = ({ api_key, secret_key }: IssuedApiKey) => basic(api_key, secret_key);

async function tokenOf(key: IssuedApiKey): Promise<string> {
  const answer = await gateway.request('/api/v1/integration/auth/authenticate', {
    target: 'authentication',
    body: key,
  });
  return answer.body.access_token;
}

/** Resolves to the close code, once the WebSocket is open. */
async function open(path: string, authorization?: string): Promise<{ code: Promise<number>; peer: WebSocket }> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const { peer, status } = await openSocket(gateway.url.replace('http', 'ws') + path, { headers });
  assert.equal(status, 101);
  peers.push(peer);
  return { code: closeCode(peer), peer };
}

/** A response that has begun; `end` resolves to the error with which it breaks off. */
async function begin(path: string, authorization: string, method = 'GET', target?: string) {
  const headers = { Authorization: authorization, ...(target ? { 'X-Target-Server': target } : {}) };
  const request = httpRequest(gateway.url + path, { method, headers });
  requests.push(request);
  const before = streams.length;
  const end = new Promise<string>((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(String(error.code));
    request.on('error', onError);
    request.on('response', (answer: IncomingMessage) => void answer.on('error', onError).resume());
  });
  if (method === 'POST') request.write('part');
  else request.end();
  await eventually(() => streams.length > before);
  return { end, stream: streams.at(-1) as { closed: boolean } };
}

const states = () => peers.map(({ readyState }) => readyState);

test('a revoked key loses its tunnels, streams and uploads within a minute, another key keeps its own', async () => {
  const [key, other] = [await createKey(), await createKey()];
  const token = await tokenOf(key);
  const tunnels = [
    await open('/ws/chat', basicOf(key)),
    await open('/ws/chat', `Bearer ${token}`),
    await open(`/ws/news?access_token=${token}`),
  ];
  const exchanges = [
    await begin('/ws/news/stream', basicOf(key)),
    await begin('/ws/news/stream', `Bearer ${token}`),
    await begin('/ws/chat/upload', basicOf(key), 'POST'),
    await begin('/api/v1/stream', basicOf(key), 'GET', 'users'),
  ];
  const kept = [await open('/ws/chat', basicOf(other)), await begin('/ws/news/stream', basicOf(other))] as const;
  await keyService().revoke(key.api_key);
  gateway.clock.advance(minuteMs);
  assert.deepEqual(await Promise.all(tunnels.map(({ code }) => code)), [1008, 1008, 1008]);
  for (const { end, stream } of exchanges) {
    assert.equal(await end, 'ECONNRESET');
    await eventually(() => stream.closed);
  }
  gateway.clock.advance(minuteMs);
  await eventually(() => gateway.log.some((line) => line.includes('no longer valid')));
  assert.deepEqual([kept[0].peer.readyState, kept[1].stream.closed], [1, false]);
});

test('an upgrade of another protocol ends as well', async () => {
  const key = await createKey();
  const socket = await openTunnel(gateway.port, `/raw?access_token=${await tokenOf(key)}`, 'raw');
  const closed = once(socket.resume(), 'end');
  await keyService().revoke(key.api_key);
  gateway.clock.advance(minuteMs);
  await closed;
  socket.destroy();
});

test('a key that lost a scope or an organization loses the exchanges that need it, and keeps the others', async () => {
  const key = await createKey();
  const token = await tokenOf(key);
  const lost = [await open('/ws/chat', basicOf(key)), await open('/ws/chat', `Bearer ${token}`)];
  const kept = [await open('/ws/news', basicOf(key)), await open('/ws/news', `Bearer ${token}`)];
  const change = (columns: object) =>
    gateway.app.foundation.database.statement((db) =>
      db('authentication_api_keys').where({ api_key: key.api_key }).update(columns),
    );
  await change({ scope: 'news:read' });
  gateway.clock.advance(minuteMs);
  for (const { code } of lost) assert.equal(await code, 1008);
  assert.deepEqual(states(), [3, 3, 1, 1]);
  await change({ organizations: '["other"]' });
  gateway.clock.advance(minuteMs);
  for (const { code } of kept) assert.equal(await code, 1008);
});

test('a stream ends when its token has expired', async () => {
  const key = await createKey();
  const { end } = await begin('/ws/news/stream', `Bearer ${await tokenOf(key)}`);
  gateway.clock.advance(60 * minuteMs + 10_000);
  assert.equal(await end, 'ECONNRESET');
});

test('equal credentials are looked up once a minute for all their exchanges', async () => {
  users.known.add('user');
  for (let count = 0; count < 10; count += 1) await open('/ws/chat', basic('user'));
  for (let count = 0; count < 10; count += 1) await begin('/ws/news/stream', basic('user'));
  gateway.clock.advance(minuteMs / 2);
  users.known.add('user2');
  for (let count = 0; count < 5; count += 1) await open('/ws/chat', basic('user2'));
  for (const name of ['user', 'user2', 'user', 'user2']) {
    users.asked = [];
    gateway.clock.advance(minuteMs / 2);
    await eventually(() => users.asked.length > 0);
    assert.deepEqual(users.asked, [name]);
  }
});

test('many identities that are due together are looked up a few at a time', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `user${index}`);
  for (const name of names) users.known.add(name);
  await Promise.all(names.map((name) => open('/ws/chat', basic(name))));
  Object.assign(users, { asked: [], most: 0 });
  users.known.delete('user7');
  gateway.clock.advance(minuteMs);
  await eventually(() => users.asked.length === names.length && sockets.sockets.size === names.length - 1);
  assert.equal(users.most, 4);
});

test('an identity that cannot be looked up keeps its exchanges for five minutes', async () => {
  users.known.add('user');
  const tunnel = await open('/ws/chat', basic('user'));
  const stream = await begin('/ws/news/stream', basic('user'));
  users.isAway = true;
  for (let minute = 1; minute <= 4; minute += 1) {
    users.asked = [];
    gateway.clock.advance(minuteMs);
    await eventually(() => users.asked.length > 0);
  }
  assert.equal(tunnel.peer.readyState, 1);
  users.isAway = false;
  gateway.clock.advance(minuteMs / 2);
  users.asked = [];
  await eventually(() => users.asked.length > 0);
  users.isAway = true;
  gateway.clock.advance(4 * minuteMs);
  users.asked = [];
  await eventually(() => users.asked.length > 0);
  assert.deepEqual([tunnel.peer.readyState, stream.stream.closed], [1, false]);
  gateway.clock.advance(minuteMs + 1000);
  assert.equal(await tunnel.code, 1008);
  assert.equal(await stream.end, 'ECONNRESET');
});
