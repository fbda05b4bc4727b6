import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGatewayServer, type GatewayServer, type ServerLimits } from '../../../src/gateway/server/server.ts';
import { createTestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';

const short: Partial<ServerLimits> = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 };

let server: GatewayServer | undefined;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server?.stop(1000);
  server = undefined;
});

/** Answers with the path once the body is complete. */
const echo: RequestListener = (req, res) => {
  buffer(req).then(
    () => res.end(req.url),
    () => res.destroy(),
  );
};

async function open(limits: Partial<ServerLimits>, listener = echo): Promise<Socket> {
  server ??= createGatewayServer(listener, limits);
  const { port } = await server.listen(0, '127.0.0.1');
  return join(port);
}

async function join(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function accepts(port: number): Promise<boolean> {
  return join(port).then(
    (socket) => Boolean(socket.destroy()),
    () => false,
  );
}

function assertCut(answer: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(head, /\r\nConnection: close(\r\n|$)/);
  assert.equal((JSON.parse(body) as { error: { code: string } }).error.code, 'REQUEST_TIMEOUT');
}

test('headers that trickle without an end are cut off', async () => {
  const socket = await open(short);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    answer += part;
  });
  // After the phase in which sockets are read: a line that follows the response would be answered by a reset.
  const trickle = setInterval(() => setImmediate(() => answer === '' && socket.write('X-More: 1\r\n')), 50);
  try {
    socket.on('end', () => socket.destroy());
    await once(socket, 'close');
    assertCut(answer);
  } finally {
    clearInterval(trickle);
  }
});

test('a silent connection is closed', async () => {
  const socket = await open(short);
  assertCut(await text(socket));
});

test('a body that does not end is cut off', async () => {
  const socket = await open(short);
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  assertCut(await text(socket));
});

test('a response that the client does not read is cut off', async () => {
  const ended = Promise.withResolvers<void>();
  const socket = await open(short, (_req, res) => {
    res.on('close', () => ended.resolve());
    res.end(Buffer.alloc(64 * 1024 * 1024));
  });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await ended.promise;
  socket.destroy();
});

test('a streamed response that the client does not read is cut off', async () => {
  const ended = Promise.withResolvers<void>();
  const socket = await open(short, (_req, res) => {
    res.on('close', () => ended.resolve());
    const fill = (): void => {
      while (res.write(Buffer.alloc(65_536)));
    };
    res.on('drain', fill);
    fill();
  });
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await ended.promise;
});

test('a large response that the client reads at a steady pace is complete, however long that takes', async () => {
  const length = 24 * 1024 * 1024;
  const limitMs = patient(1000);
  const socket = await open({ ...short, requestTimeout: limitMs }, (_req, res) => void res.end(Buffer.alloc(length)));
  const startedAt = performance.now();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let read = 0;
  for await (const chunk of socket) {
    read += (chunk as Buffer).length;
    const dueAt = startedAt + (2 * limitMs * read) / length;
    await sleep(Math.max(0, dueAt - performance.now()));
  }
  assert.ok(read > length, `${read} bytes`);
  assert.ok(performance.now() - startedAt > limitMs);
});

test('an idle connection is kept for the configured time, then closed without a response', async () => {
  const socket = await open({ ...short, keepAliveTimeout: 200 });
  socket.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n');
  const answer = await text(socket);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\/first\r?\n?$/);
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
});

test('a connection is kept for KEEP_ALIVE_TIMEOUT_MS, which responses announce, and by default for longer than balancers do', async () => {
  for (const [env, seconds] of [
    [{}, 620],
    [{ KEEP_ALIVE_TIMEOUT_MS: '1000' }, 1],
  ] as const) {
    const gateway = await createTestGateway({ plugins: [], env });
    try {
      const socket = await join(gateway.port);
      const startedAt = performance.now();
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
      const [head] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
      assert.match(head, new RegExp(`\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`));
      if (seconds !== 1) continue;
      await once(socket, 'end');
      assert.ok(performance.now() - startedAt > 1000);
    } finally {
      for (const socket of sockets) socket.destroy();
      await gateway.close();
    }
  }
});

test('pipelined requests are served one after the other, in order', async () => {
  let atWork = 0;
  const socket = await open(short, (req, res) => {
    atWork += 1;
    const count = atWork;
    setImmediate(() => {
      atWork -= 1;
      res.end(`<${req.url?.slice(1)}:${count}>`);
    });
  });
  socket.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  let seen = '';
  for await (const part of socket.setEncoding('utf8')) {
    seen += String(part);
    if (seen.includes('<3')) break;
  }
  assert.deepEqual(seen.match(/<\d:\d>/g), ['<1:1>', '<2:1>', '<3:1>']);
});

test('pipelined requests of one connection take turns with the requests of others', async () => {
  const served: string[] = [];
  const greedy = await open(short, (req, res) => {
    served.push(req.url ?? '');
    res.end();
  });
  const other = await join(greedy.remotePort ?? 0);
  greedy.write('GET /greedy HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(90));
  other.write('GET /other HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(() => served.length === 91);
  assert.ok(served.indexOf('/other') < 10, `served as number ${served.indexOf('/other')}`);
});

test('a client that has closed its half of the connection still gets its response', async () => {
  const socket = await open(short);
  socket.end('GET /half HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\/half/);
});

test('a stop answers requests in flight with Connection: close, and cuts off requests that outlast it', async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const first = await open({}, (req, res) => {
    if (req.url === '/never') begun.resolve();
    else void go.promise.then(() => res.end('ended'));
  });
  const second = await join(first.remotePort as number);
  first.write('GET /ends HTTP/1.1\r\nHost: a\r\n\r\n');
  second.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
  await begun.promise;
  const answers = [text(first), text(second).catch(() => '')];
  const startedAt = performance.now();
  const stopped = server?.stop(800);
  const port = first.remotePort as number;
  await eventually(async () => !(await accepts(port)));
  go.resolve();
  await stopped;
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs >= 790 && tookMs < patient(10_000), `took ${Math.round(tookMs)} ms`);
  const [ended, never] = await Promise.all(answers);
  assert.match(ended ?? '', /\r\nConnection: close\r\n[\s\S]*ended/);
  assert.equal(never, '');
  server = undefined;
});
