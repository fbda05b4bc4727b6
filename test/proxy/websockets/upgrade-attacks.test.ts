import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { switching, switchToWebSocket, webSocketAccept, webSocketKey } from '../../support/raw-upgrade.ts';
import {
  createRawBackend,
  createSocketBackend,
  type RawBackend,
  type SocketBackend,
} from '../../support/socket-backend.ts';

let backend: SocketBackend;
/** Behaviour of the raw backend, set by each test. */
let script: (socket: Socket) => void;
let odd: RawBackend;
let gateway: TestGateway;
let token: string;
let sockets: Socket[] = [];
/** Responses that the backend holds back for the test. */
let held: ServerResponse[] = [];

before(async () => {
  const server = createServer();
  server.on('request', (req, res) => {
    if (req.url === '/held') held.push(res);
    else res.end('plain');
  });
  backend = await createSocketBackend(server);
  odd = await createRawBackend((socket) => script(socket));
  const websocket = { enabled: true };
  gateway = await createTestGateway({
    plugins: [echo],
    targets: {
      chat: { upstreams: [backend.url], prefixes: ['/ws'], websocket },
      plain: { upstreams: [backend.url] },
      odd: { upstreams: [odd.url], websocket, timeouts: { headersMs: 300, idleMs: 2000 }, breaker: { failures: 100 } },
      gone: { upstreams: ['http://127.0.0.1:1'], websocket, breaker: { failures: 1 } },
      spare: { upstreams: ['http://127.0.0.1:1', backend.url], websocket },
    },
  });
  token = await gateway.token();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await eventually(() => backend.sockets.size === 0 && odd.sockets.size === 0);
  backend.requests.length = 0;
});
after(async () => {
  await gateway.close();
  await backend.close();
  await odd.close();
});

interface Asked {
  line?: string;
  target?: string;
  upgrade?: string;
  headers?: string[];
}

/** An upgrade request with valid credentials. */
const ask = ({ line = 'GET / HTTP/1.1', target = 'chat', upgrade = 'websocket', headers = [] }: Asked = {}): string =>
  [
    line,
    'Host: gateway.test',
    `X-Target-Server: ${target}`,
    `Authorization: Bearer ${token}`,
    'Connection: Upgrade, HTTP2-Settings',
    `Upgrade: ${upgrade}`,
    `Sec-WebSocket-Key: ${webSocketKey}`,
    'Sec-WebSocket-Version: 13',
    ...headers,
    '',
    '',
  ].join('\r\n');

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: gateway.test\r\n\r\n';

/** Sends `text` and reads until `isEnough`. */
async function talk(text: string, isEnough: (answer: string) => boolean): Promise<{ socket: Socket; answer: string }> {
  const socket = connect({ port: gateway.port, host: '127.0.0.1' });
  sockets.push(socket);
  let answer = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  await once(socket, 'connect');
  socket.write(text);
  await eventually(() => isEnough(answer));
  return { socket, answer };
}

const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;

test('bytes after a refused upgrade are never taken for a request', async () => {
  for (const asked of [
    ask({ target: 'nowhere' }),
    ask({ target: 'plain' }),
    ask({ target: 'echo', line: 'GET /echo HTTP/1.1' }),
    ask({ line: 'GET /a/../b HTTP/1.1' }),
    ask({ headers: ['Origin: https://evil.example.com'] }),
    ask().replace(/Authorization: .*\r\n/, ''),
  ]) {
    const answer = await rawRequest(gateway.port, asked + smuggled + smuggled);
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    assert.equal(answer.headers.get('connection'), 'close');
    assert.equal(answersIn(answer.text), 0);
  }
  assert.equal(backend.requests.length, 0);
});

test('bytes after an upgrade that the backend refuses are neither taken for a request nor forwarded', async () => {
  script = (socket) =>
    socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\nX-Request-Id: theirs\r\n\r\nno');
  const answer = await rawRequest(gateway.port, ask({ target: 'odd' }) + smuggled);
  assert.deepEqual([answer.status, answer.text], [426, 'no']);
  assert.equal(answer.headers.get('connection'), 'close');
  assert.notEqual(answer.headers.get('x-request-id'), 'theirs');
  await eventually(() => odd.sockets.size === 0);
  assert.ok(!odd.received().includes('smuggled'));
});

test('bytes after the end of a regular response are dropped', async () => {
  script = (socket) =>
    socket.write('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nnoHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
  const answer = await rawRequest(gateway.port, ask({ target: 'odd' }));
  assert.deepEqual([answer.status, answer.text], [403, 'no']);
});

test('a long regular response passes complete, and a broken one ends broken', async () => {
  const body = 'x'.repeat(3_000_000);
  script = (socket) => socket.write(`HTTP/1.1 403 No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  assert.equal((await rawRequest(gateway.port, ask({ target: 'odd' }))).text.length, body.length);
  script = (socket) => socket.end('HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
  const broken = await talk(ask({ target: 'odd' }), (text) => text.includes('hello'));
  await eventually(() => broken.socket.closed);
  assert.ok(!broken.answer.includes('0\r\n\r\n'));
});

test('a regular response that breaks off ends with a reset, with every framing', async () => {
  for (const [line, end] of [
    ['Content-Type: text/plain', 'reset'],
    ['Content-Length: 100', 'reset'],
    ['Content-Length: 100', 'end'],
    ['Transfer-Encoding: chunked', 'reset'],
    ['Transfer-Encoding: chunked', 'end'],
  ]) {
    const logged = gateway.log.length;
    script = (socket) => socket.write(`HTTP/1.1 403 No\r\n${line}\r\n\r\n5\r\nhello\r\n`);
    const { socket } = await talk(ask({ target: 'odd' }), (text) => text.includes('hello'));
    const reset = once(socket, 'error');
    for (const each of odd.sockets) {
      if (end === 'reset') each.resetAndDestroy();
      else each.end();
    }
    await eventually(() => socket.closed);
    assert.ok(socket.errored, `${line}, ${end}`);
    assert.equal(((await reset)[0] as NodeJS.ErrnoException).code, 'ECONNRESET');
    const isTold = (entry: string): boolean => entry.includes('"status":403') && entry.includes('"reason"');
    await eventually(() => gateway.log.slice(logged).some(isTold));
  }
});

test('bytes that a client sends too early wait for the upgrade and then belong to it', async () => {
  let seenBefore = '';
  script = (socket) => {
    setTimeout(() => {
      seenBefore = odd.received();
      socket.write(switchToWebSocket);
    }, 50);
  };
  const { answer } = await talk(ask({ target: 'odd' }) + smuggled, (text) => text.includes('101 Switching'));
  await eventually(() => odd.received().endsWith(smuggled));
  assert.ok(!seenBefore.endsWith(smuggled));
  assert.equal(answersIn(answer), 1);
});

test('only a 101 that matches the request opens a tunnel', async () => {
  for (const lines of [
    ['Upgrade: websocket'],
    ['Upgrade: websocket', 'Sec-WebSocket-Accept: bm90IHRoZSByaWdodCBvbmU='],
    ['Upgrade: h2c', webSocketAccept],
    ['Upgrade: websocket', webSocketAccept, 'Sec-WebSocket-Protocol: never-offered'],
    ['X-No: upgrade'],
  ]) {
    script = (socket) => socket.write(`${switching(...lines)}secret`);
    const answer = await rawRequest(gateway.port, ask({ target: 'odd' }));
    assert.equal(answer.status, 502, lines.join());
    assert.ok(!answer.text.includes('secret'));
    await eventually(() => odd.sockets.size === 0);
  }
});

test('odd statuses, bytes other than HTTP and silence of the backend give 502 or 504', async () => {
  for (const [text, status] of [
    ['HTTP/1.1 099 Low\r\n\r\n', 502],
    ['HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n', 502],
    ['HTTP/1.1 403 \x01\r\nContent-Length: 0\r\n\r\n', 502],
    ['SSH-2.0-OpenSSH\r\n', 502],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 502],
    ['', 504],
  ] as const) {
    script = (socket) => socket.write(text, 'latin1');
    assert.equal((await rawRequest(gateway.port, ask({ target: 'odd' }))).status, status, text);
  }
  script = (socket) => socket.destroy();
  assert.equal((await rawRequest(gateway.port, ask({ target: 'odd' }))).status, 502);
});

test('an unreachable backend gives 502, an open breaker 503, and another upstream is tried', async () => {
  assert.equal((await rawRequest(gateway.port, ask({ target: 'gone' }))).body.error.code, 'UPSTREAM_UNREACHABLE');
  const open = await rawRequest(gateway.port, ask({ target: 'gone' }));
  assert.deepEqual([open.status, open.body.error.code], [503, 'UPSTREAM_CIRCUIT_OPEN']);
  assert.ok(Number(open.headers.get('retry-after')) > 0);
  for (let index = 0; index < 3; index += 1)
    await talk(ask({ target: 'spare' }), (text) => text.includes('101 Switching'));
});

test('a client that disconnects before the response aborts the request to the backend', async () => {
  script = () => undefined;
  const { socket } = await talk(ask({ target: 'odd' }), () => odd.sockets.size === 1);
  socket.resetAndDestroy();
  await eventually(() => odd.sockets.size === 0);
});

test('offers of HTTP/2 or TLS are ignored, and the request is the last one of its connection', async () => {
  for (const upgrade of ['h2c', 'H2C', 'HTTP/2.0', 'TLS/1.2', 'h2c, HTTP/2.0']) {
    const asked = ask({ upgrade, line: 'GET /first HTTP/1.1', headers: ['HTTP2-Settings: AAMAAABkAAQAAP__'] });
    const answer = await rawRequest(gateway.port, asked + smuggled);
    assert.deepEqual([answer.status, answer.headers.get('connection'), answer.text], [200, 'close', 'plain']);
    const [request, ...others] = backend.requests.splice(0);
    assert.deepEqual([request?.url, others], ['/first', []]);
    for (const name of ['upgrade', 'http2-settings']) assert.equal(request?.headers[name], undefined);
    assert.ok(!/upgrade/i.test(String(request?.headers.connection)));
  }
});

test('bytes after an ignored offer are not parsed as a request', async () => {
  const hidden = `GET /hidden HTTP/1.1\r\nHost: a\r\nX-Target-Server: chat\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  for (const asked of [
    ask({ upgrade: 'h2c', line: 'GET /held HTTP/1.1' }),
    `${ask({ line: 'POST /held HTTP/1.1', headers: ['Content-Length: 5'] })}hello`,
  ]) {
    held = [];
    const start = `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n`;
    const { socket } = await talk(asked + start, () => held.length === 1);
    socket.write(hidden);
    await eventually(() => socket.bytesWritten >= asked.length + start.length + hidden.length);
    const ping = await gateway.request('/healthz');
    assert.equal(ping.status, 200);
    for (const answer of held) answer.end('held');
    await eventually(() => socket.closed);
    const urls = backend.requests.splice(0).map(({ url }) => url);
    assert.deepEqual(urls, ['/held']);
  }
});

test('an HTTP/2 offer beside another protocol is refused', async () => {
  for (const upgrade of ['websocket, h2c', 'h2c, websocket', 'websocket\r\nUpgrade: h2c', 'web socket', ',']) {
    const answer = await rawRequest(gateway.port, ask({ upgrade }));
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'BAD_REQUEST'], upgrade);
  }
  assert.equal(backend.requests.length, 0);
});

test('a malformed WebSocket handshake is refused and does not reach the backend', async () => {
  const other = 'AAAAAAAAAAAAAAAAAAAAAA==';
  const key = `Sec-WebSocket-Key: ${webSocketKey}`;
  const version = 'Sec-WebSocket-Version: 13';
  for (const asked of [
    ask({ headers: [`Sec-WebSocket-Key: ${other}`] }),
    ask({ headers: [key] }),
    ask({ headers: [`Sec_WebSocket_Key: ${other}`] }),
    ask({ headers: [`Sec-WebSocket_Key: ${other}`] }),
    ask({ headers: ['SEC_WEBSOCKET-PROTOCOL: chat'] }),
    ask().replace(`${key}\r\n`, ''),
    ...['', 'short', `${webSocketKey}x`, `${webSocketKey}, ${other}`, '*'.repeat(24), 'A'.repeat(24)].map((bad) =>
      ask().replace(key, `Sec-WebSocket-Key: ${bad}`),
    ),
    ask({ headers: [version] }),
    ask().replace(`${version}\r\n`, ''),
    ask({ upgrade: 'websocket/13' }),
  ]) {
    const answer = await rawRequest(gateway.port, asked);
    assert.deepEqual([answer.status, answer.body.error.code], [400, 'BAD_REQUEST'], asked);
  }
  assert.equal(backend.requests.length, 0);
  await talk(ask({ upgrade: 'WebSocket' }), (text) => text.includes('101 Switching'));
});

test('a request with a body or of HTTP/1.0 is not treated as an upgrade', async () => {
  const post = `${ask({ line: 'POST /form HTTP/1.1', headers: ['Content-Length: 5', 'Connection: close'] })}hello${smuggled}`;
  const answer = await rawRequest(gateway.port, post);
  assert.deepEqual([answer.status, answer.text], [200, 'plain']);
  const old = await rawRequest(gateway.port, ask({ line: 'GET /old HTTP/1.0' }));
  assert.equal(old.status, 200);
  assert.deepEqual(
    backend.requests.map(({ url, headers }) => [url, headers.upgrade]),
    [
      ['/form', undefined],
      ['/old', undefined],
    ],
  );
});

test('an upgrade does not overtake pending responses', async () => {
  const first = `GET /first HTTP/1.1\r\nHost: a\r\nX-Target-Server: chat\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const { answer } = await talk(first + ask(), (text) => answersIn(text) === 2);
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]+plain[\s\S]*HTTP\/1\.1 400 /);
  assert.deepEqual(
    backend.requests.map(({ url }) => url),
    ['/first'],
  );
});

test('bytes beyond ASCII in the head of a 101 stay unchanged', async () => {
  const header = 'x-name: caf\xe9 \xc3\xa9';
  script = (socket) => socket.write(switching('Upgrade: websocket', webSocketAccept, header), 'latin1');
  const { answer } = await talk(ask({ target: 'odd' }), (text) => text.includes('\r\n\r\n'));
  assert.ok(answer.includes(`\r\n${header}\r\n`), answer);
});

test('upgrades to other protocols are tunnelled', async () => {
  script = (socket) => {
    socket.write(`${switching('Upgrade: tcp/1.0')}hello`);
    socket.on('data', (chunk) => socket.write(chunk.toString('latin1').toUpperCase()));
  };
  const { socket } = await talk(ask({ target: 'odd', upgrade: 'tcp/1.0', line: 'POST /attach HTTP/1.1' }), (text) =>
    text.endsWith('hello'),
  );
  const end = once(socket, 'data');
  socket.write('bytes');
  assert.equal(String((await end)[0]), 'BYTES');
  assert.match(odd.received(), /POST \/attach HTTP\/1\.1\r\n/);
});

test('credentials, hop-by-hop headers and headers named by Connection do not reach the backend', async () => {
  script = (socket) =>
    socket.write(switching('Upgrade: websocket', webSocketAccept, 'Keep-Alive: 5', 'Proxy-Status: x'));
  const headers = ['Keep-Alive: 5', 'TE: trailers', 'Proxy-Authorization: x', 'X-Secret: 1', 'Connection: X-Secret'];
  const from = odd.received().length;
  const { answer } = await talk(ask({ target: 'odd', headers }), (text) => text.includes('\r\n\r\n'));
  const head = odd.received().slice(from);
  assert.doesNotMatch(head, /authorization|x-target-server|keep-alive|\bTE:|x-secret|http2/i);
  assert.equal(head.match(/^Connection: .*$/gim)?.join(), 'Connection: Upgrade');
  assert.equal(head.match(/^Upgrade: .*$/gim)?.join(), 'Upgrade: websocket');
  assert.doesNotMatch(answer, /keep-alive|proxy-/i);
});
