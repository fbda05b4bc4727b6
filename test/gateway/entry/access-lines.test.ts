import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { shownPath } from '../../../src/gateway/entry/shown-path.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { freePort } from '../../support/database-server.ts';
import { eventually } from '../../support/eventually.ts';
import { openTunnel, switching } from '../../support/raw-upgrade.ts';

let backend: Server;
const asked: string[] = [];
let gateway: TestGateway;
let metricsPort: number;

before(async () => {
  backend = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        const path = chunk.toString().split(' ')[1] ?? '';
        asked.push(path);
        if (path === '/refused') socket.write("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n");
        else if (path === '/broken') socket.write('nothing of HTTP\r\n\r\n');
        else if (path === '/ws') socket.write(switching('Upgrade: raw'));
      });
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  metricsPort = await freePort();
  const upstreams = [`http://127.0.0.1:${(backend.address() as AddressInfo).port}`];
  const target = { upstreams, websocket: { enabled: true }, public: true };
  const guarded = { ...target, public: false, prefixes: ['/guarded'] };
  gateway = await createTestGateway({
    plugins: [],
    targets: { chat: { ...target, prefixes: ['/ws', '/refused', '/broken', '/silent'] }, guarded },
    env: { METRICS_PORT: String(metricsPort) },
  });
});
after(async () => {
  await gateway?.close();
  backend?.close();
});

const linesOf = (id: string) =>
  gateway.log.map((line) => JSON.parse(line)).filter(({ request_id }) => request_id === id);

/** The line of a request with this id. */
const lineOf = (id: string) => eventually(() => linesOf(id)[0]);

/** Sum of the samples whose line begins like this. */
const sample = async (name: string): Promise<number> => {
  const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const lines = page.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

const answers = (target: string, status: number) =>
  sample(`hookgate_http_requests_total{target="${target}",route="(remote)",method="GET",status="${status}"}`);

test('requests without a route have their path in the access log, without query', async () => {
  const ask = async (id: string, path: string, headers: Record<string, string> = {}) => {
    await gateway.request(path, { headers: { ...headers, 'X-Request-Id': id } });
    return lineOf(id);
  };
  assert.equal((await ask('own', '/readyz?token=secret')).path, '/readyz');
  const unknown = await ask('unknown', '/no/such?token=secret');
  assert.deepEqual([unknown.path, unknown.status, unknown.route], ['/no/such', 401, undefined]);
  const routed = await ask('routed', '/refused');
  assert.deepEqual([routed.path, routed.route, routed.status], [undefined, '(remote)', 418]);
  assert.ok(!gateway.log.join('').includes('secret'));
});

test('a path in the log is short, printable and without secrets', () => {
  assert.equal(
    shownPath('/api/v1/things/0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11'),
    '/api/v1/things/0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11',
  );
  assert.equal(shownPath(`/reset/${'x'.repeat(43)}/now`), '/reset/…/now');
  assert.equal(shownPath('/a;jsessionid=1/b'), '/a');
  assert.equal(shownPath('/a%3Ftoken%3Dsecret'), '/a');
  assert.equal(shownPath('/key=secret'), '/key');
  assert.equal(shownPath('http://joe:secret@host/path'), '/path');
  assert.equal(shownPath('/\u001b[31m\u007f\u0085"\\\n\u00e9'), '/%1B[31m%7F%C2%85"\\%0A%C3%A9');
  assert.equal(shownPath('/short'.repeat(1000)).length, 200);
  assert.equal(shownPath(`/${'x'.repeat(370)}/${'secret'.repeat(10)}`), '/…/…');
  assert.equal(shownPath(`/hooks/ghp_${'x'.repeat(36)}`), '/hooks/…');
  assert.equal(shownPath('//joe:secret@host/path'), '//…/path');
  assert.equal(shownPath('/proxy/https://joe:secret@host/path'), '/proxy/https://…/path');
  assert.equal(shownPath('*'), '*');
});

test('a tunnel is counted as 101 when it opens, and its hours are no duration of a response', async () => {
  const tunnel = await openTunnel(gateway.port, '/ws', 'raw');
  await eventually(async () => (await answers('chat', 101)) === 1);
  assert.equal(await sample('hookgate_tunnels_open'), 1);
  assert.equal(await sample('hookgate_http_requests_in_flight'), 0);
  const duration = 'hookgate_http_request_duration_seconds_sum{target="chat"';
  const before = await sample(duration);
  tunnel.destroy();
  await eventually(async () => (await sample('hookgate_tunnels_open')) === 0);
  assert.deepEqual([await answers('chat', 101), await answers('chat', 499)], [1, 0]);
  assert.equal(await sample(duration), before);
  await eventually(() => gateway.log.some((line) => line.includes('"target":"chat"') && line.includes('"status":101')));
});

test('refused upgrades are counted and logged with their own status', async () => {
  const refused = async (path: string, id: string) => {
    await assert.rejects(openTunnel(gateway.port, path, `raw\r\nX-Request-Id: ${id}`));
    return (await lineOf(id)).status;
  };
  const statuses = await Promise.all([refused('/guarded', 'g'), refused('/refused', 'r'), refused('/broken', 'b')]);
  assert.deepEqual(statuses, [401, 418, 502]);
  assert.deepEqual([await answers('guarded', 401), await answers('chat', 418), await answers('chat', 502)], [1, 2, 1]);
});

test('a client that leaves before the response is 499 in the log as in the metrics, and not in flight any more', async () => {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('GET /silent HTTP/1.1\r\nHost: a\r\nX-Request-Id: gone\r\n\r\n');
  await eventually(() => asked.includes('/silent'));
  socket.destroy();
  const line = await lineOf('gone');
  assert.deepEqual([line.status, line.aborted], [499, true]);
  await eventually(async () => (await answers('chat', 499)) === 1);
  assert.equal(await sample('hookgate_http_requests_in_flight'), 0);
});
