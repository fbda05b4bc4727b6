import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { createGatewayServer, type GatewayServer, type ServerLimits } from '../../../src/gateway/server/server.ts';
import { eventually } from '../../support/eventually.ts';

let server: GatewayServer | undefined;
let socket: Socket | undefined;
afterEach(async () => {
  socket?.destroy();
  await server?.stop(1000);
});

/** Everything that the client has read. */
let seen = '';
/** The responses to requests, by path. */
let answers: Map<string, ServerResponse>;

const noAnswer: RequestListener = () => undefined;

/** Connects to a server that passes each request to `serve` and leaves its response to the test. */
async function open(limits: Partial<ServerLimits> = {}, serve = noAnswer): Promise<Socket> {
  seen = '';
  answers = new Map();
  server = createGatewayServer((req, res) => {
    answers.set(req.url ?? '', res);
    serve(req, res);
  }, limits);
  const { port } = await server.listen(0, '127.0.0.1');
  socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1');
  });
  await once(socket, 'connect');
  return socket;
}

const first = 'GET /first HTTP/1.1\r\nHost: a\r\n\r\n';
const second = 'POST /second HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const badChunk = 'zz\r\n';

const statuses = (): number[] => [...seen.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

test('a broken body behind a pending response is refused after that response', async () => {
  const client = await open();
  client.write(first + second + badChunk);
  await eventually(() => answers.size === 1);
  answers.get('/first')?.writeHead(201).end('created');
  await eventually(() => client.closed);
  assert.deepEqual(statuses(), [201, 400]);
  assert.match(seen, /created[\s\S]*HTTP\/1\.1 400 /);
});

test('a broken body behind a half-sent response leaves that response complete', async () => {
  const client = await open();
  client.write(first);
  await eventually(() => answers.size === 1);
  const answer = answers.get('/first');
  answer?.writeHead(200, { 'Content-Length': 100 }).write('A'.repeat(50));
  await eventually(() => seen.endsWith('A'.repeat(50)));
  client.write(second + badChunk);
  await eventually(() => answer?.req.socket.bytesRead === (first + second + badChunk).length);
  answer?.end('B'.repeat(50));
  await eventually(() => client.closed);
  assert.deepEqual(statuses(), [200, 400]);
  assert.ok(seen.includes(`${'A'.repeat(50)}${'B'.repeat(50)}HTTP/1.1 400 `), seen);
});

test('an early response to a broken body is sent after earlier responses and before the refusal', async () => {
  const client = await open({}, (req, res) => {
    if (req.url === '/second') res.writeHead(401).end('no');
  });
  client.write(first + second + badChunk);
  await eventually(() => answers.size === 1);
  answers.get('/first')?.end('yes');
  await eventually(() => client.closed);
  assert.deepEqual(statuses(), [200, 401, 400]);
});

test('a half-sent response to a broken body is cut off, and the response before it is not', async () => {
  const client = await open({}, (req, res) => {
    if (req.url === '/second') res.write('half');
  });
  client.write(first + second + badChunk);
  await eventually(() => answers.size === 1);
  answers.get('/first')?.end('yes');
  await eventually(() => client.closed);
  assert.match(seen, /yes/);
  assert.ok(!statuses().includes(400));
  assert.ok(!seen.endsWith('0\r\n\r\n'));
});

test('"100 Continue" behind a pending response is sent before the refusal of the body', async () => {
  const client = await open({}, (req, res) => {
    if (req.url === '/second') res.writeContinue();
  });
  client.write(first + second + badChunk);
  await eventually(() => answers.size === 1);
  answers.get('/first')?.end('yes');
  await eventually(() => client.closed);
  assert.deepEqual(statuses(), [200, 100, 400]);
});

test('a slow body behind a pending response is refused after that response', async () => {
  const client = await open({ requestTimeout: 100, connectionsCheckingInterval: 20 });
  client.write(first + second);
  await eventually(() => answers.size === 1);
  const since = performance.now();
  await eventually(() => performance.now() - since > 300);
  assert.equal(seen, '');
  answers.get('/first')?.end('yes');
  await eventually(() => client.closed);
  assert.deepEqual(statuses(), [200, 408]);
});
