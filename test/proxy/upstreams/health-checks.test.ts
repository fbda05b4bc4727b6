import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createTestGateway, type RemoteTargetDefinition, type TestGateway } from '../../../src/testing/index.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';
import { patient, tooSlowHere, watchStalls } from '../../support/patience.ts';

const path = '/healthz?full';
/** Also the timeout of a check. */
const intervalMs = Math.round(patient(100));
let first: Backend;
let second: Backend;
let gateway: TestGateway | undefined;

beforeEach(async () => {
  [first, second] = await Promise.all([createBackend(), createBackend()]);
});
afterEach(async () => {
  await gateway?.close();
  await Promise.all([first.close(), second.close()]);
});

async function start(definition: Partial<RemoteTargetDefinition> = {}): Promise<TestGateway> {
  const billing = { upstreams: [first.url, second.url], public: true, healthCheck: { path, intervalMs } };
  gateway = await createTestGateway({ plugins: [], targets: { billing: { ...billing, ...definition } } });
  return gateway;
}

const checksOf = ({ requests }: Backend) => requests.filter(({ url }) => url === path);
const logOf = async (message: string) => {
  await gateway?.app.foundation.log.flush();
  return (gateway?.log ?? []).map((line) => JSON.parse(line)).filter((line) => line.message === message);
};
const isLogged = (message: string) => async () => (await logOf(message)).length > 0;

async function callOften(): Promise<void> {
  for (let index = 0; index < 6; index += 1)
    assert.equal((await gateway?.request('/call', { target: 'billing' }))?.status, 200);
}
const callsTo = ({ requests }: Backend): number => requests.filter(({ url }) => url === '/call').length;

test("every upstream is checked over a kept connection, with the target's headers", async () => {
  await start({ headers: { set: { 'X-Key': 'secret', 'User-Agent': 'ours' } } });
  await eventually(() => checksOf(first).length > 2 && checksOf(second).length > 2);
  const [one] = checksOf(first);
  assert.deepEqual(
    [one?.method, one?.headers.host, one?.headers['x-key'], one?.headers['user-agent']],
    ['GET', `127.0.0.1:${first.port}`, 'secret', 'ours'],
  );
  // A check that a busy machine delays beyond its timeout closes its connection.
  const connections = () => new Set(checksOf(first).map(({ socket }) => socket)).size;
  await eventually(() => connections() < checksOf(first).length);
  await callOften();
  assert.ok(callsTo(first) > 0 && callsTo(second) > 0);
});

for (const [what, fail] of Object.entries({
  'answers an error': () => first.answer((req, res) => void res.writeHead(req.url === path ? 503 : 200).end()),
  'never answers': () => first.answer((req, res) => void (req.url === path || res.end())),
  'closes the connection': () => first.answer((req, res) => void (req.url === path ? req.socket.destroy() : res.end())),
})) {
  test(`an upstream that ${what} gets no calls until its check succeeds again`, async (t) => {
    const longestStall = watchStalls();
    fail();
    await start();
    await eventually(isLogged('upstream unhealthy'));
    const [line] = await logOf('upstream unhealthy');
    assert.deepEqual([line.level, line.target, line.upstream], ['warn', 'billing', first.url]);
    assert.match(line.reason, /^(?:status 503|no response in time|UND_ERR_SOCKET)$/);
    assert.ok(checksOf(first).length >= 2);
    await callOften();
    assert.equal(callsTo(first), 0);

    first.answer((_req, res) => void res.end());
    await eventually(isLogged('upstream healthy again'));
    await callOften();
    assert.ok(callsTo(first) > 0);
    const { length } = await logOf('upstream unhealthy');
    if (length > 1 && tooSlowHere(t, longestStall(), intervalMs / 2)) return;
    assert.equal(length, 1);
  });
}

test('a single failure changes nothing, and a redirect counts as success', async () => {
  let count = 0;
  first.answer((_req, res) => {
    count += 1;
    res.writeHead(count % 2 === 0 ? 500 : 302).end();
  });
  await start();
  await eventually(() => count > 6);
  assert.equal((await logOf('upstream unhealthy')).length, 0);
});

test('all upstreams get calls when none is healthy', async () => {
  for (const backend of [first, second])
    backend.answer((req, res) => void res.writeHead(req.url === path ? 500 : 200).end());
  await start();
  await eventually(async () => (await logOf('upstream unhealthy')).length === 2);
  await callOften();
  assert.ok(callsTo(first) > 0 && callsTo(second) > 0);
});

test('an endless page is aborted, and its status counts', async () => {
  first.answer((req, res) => {
    res.write('x'.repeat(100_000));
    req.socket.on('error', () => undefined);
  });
  await start();
  await eventually(() => checksOf(first).length > 4);
  assert.equal((await logOf('upstream unhealthy')).length, 0);
  // Connections of earlier checks are closed.
  await eventually(async () => (await first.connections()) <= 2);
});

test('health checks end with the gateway, including the one in flight', async () => {
  first.answer(() => undefined);
  await start({ healthCheck: { path, intervalMs: 60_000 } });
  await eventually(() => checksOf(first).length === 1 && checksOf(second).length === 1);
  await gateway?.close();
  assert.equal((await logOf('upstream unhealthy')).length, 0);
  await eventually(async () => (await first.connections()) === 0 && (await second.connections()) === 0);
});
