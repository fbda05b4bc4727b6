import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { definePlugin } from '../src/plugin.ts';
import {
  createReceiver,
  createTestDatabase,
  createTestGateway,
  type Receiver,
  type TestDatabase,
  type TestGateway,
} from '../src/testing/index.ts';
import { version } from '../src/version.ts';
import { assertError } from './support/assert-error.ts';
import { echo } from './support/echo-plugin.ts';
import { engines } from './support/engines.ts';
import { eventually } from './support/eventually.ts';
import { createProbe, type Probe } from './support/probe-plugin.ts';

const serverUrl = engines.find(({ name }) => name === 'mysql')?.serverUrl;
const skip = serverUrl === undefined;

const sending = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };

/** Pages that are not there. */
const withPages = definePlugin({
  name: 'pages',
  apiVersion: 1,
  setup: () => ({ pages: { prefix: '/pages', folder: join(import.meta.dirname, 'no pages') } }),
});

describe('a gateway and a dispatcher on one database', { skip }, () => {
  let database: TestDatabase;
  let receiver: Receiver;
  let probe: Probe;
  let gateway: TestGateway;
  let dispatcher: TestGateway;

  before(async () => {
    database = await createTestDatabase(serverUrl);
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    const env = { ...sending, ROLE: 'gateway' };
    gateway = await createTestGateway({ plugins: [probe.plugin, echo], database, env });
  });
  after(async () => {
    await dispatcher?.close();
    await gateway?.close();
    await receiver?.close();
    await database?.drop();
  });

  test('the gateway accepts deliveries and never queries for due ones', async () => {
    const statements: string[] = [];
    probe.database.knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
    const first = await probe.enqueue('a', 3);
    const token = await gateway.token();
    // Many poll intervals long, and each round trip is long enough for a worker that an enqueue would wake.
    const deadline = performance.now() + 300;
    while (performance.now() < deadline) {
      assert.equal((await gateway.request('/echo', { target: 'echo', token })).status, 200);
      await probe.enqueue('a');
    }
    const onQueue = statements.filter((sql) => /dispatcher_(?:queue|jobs|attempts)/.test(sql));
    assert.ok(onQueue.length > 1);
    assert.deepEqual(
      onQueue.filter((sql) => !/^insert into/i.test(sql)),
      [],
    );
    const { status, attemptCount } = await probe.dispatcher.deliveries.read('test-org', first[0] ?? '');
    assert.deepEqual({ status, attemptCount }, { status: 'pending', attemptCount: 0 });
    assert.equal(receiver.received.length, 0);
    assert.deepEqual(Object.keys((await gateway.request('/readyz')).body.checks), [
      'database',
      'migrations',
      'storage',
      'running',
    ]);
  });

  test('the dispatcher sends deliveries that the gateway has accepted before and accepts now', async () => {
    const own = createProbe(receiver.url);
    const env = { ...sending, ROLE: 'dispatcher' };
    dispatcher = await createTestGateway({ plugins: [own.plugin, echo, withPages], database, env });
    const [late = ''] = await probe.enqueue('b');
    const delivered = async (id: string): Promise<boolean> =>
      (await own.dispatcher.deliveries.read('test-org', id)).status === 'delivered';
    await eventually(() => delivered(late));
    await eventually(async () => {
      const [row] = await own.database.read((db) => db('dispatcher_queue').count({ open: '*' }));
      return Number(row?.open) === 0;
    });
    assert.ok(receiver.received.length > 4);
  });

  test('the dispatcher answers /healthz and /readyz, and refuses everything else', async () => {
    assert.deepEqual((await dispatcher.request('/healthz')).body, { status: 'ok', version });
    const ready = await dispatcher.request('/readyz');
    assert.equal(ready.status, 200);
    const checks = { database: 'ok', migrations: 'ok', storage: 'ok', lag: 'ok', running: 'ok' };
    assert.deepEqual(ready.body, { status: 'ready', checks });
    const token = await dispatcher.token();
    for (const path of ['/', '/docs', '/openapi.json', '/echo', '/echo/open', '/healthz/', '/pages/'])
      assertError(await dispatcher.request(path), 'NOT_SERVED_HERE', path);
    assertError(await dispatcher.request('/echo', { target: 'echo', token }), 'NOT_SERVED_HERE');
    assertError(await dispatcher.request('/healthz', { target: 'echo' }), 'NOT_SERVED_HERE');
    assertError(await dispatcher.request('/echo', { target: 'echo', token, body: {} }), 'NOT_SERVED_HERE');
    assertError(await dispatcher.request('/healthz', { method: 'POST' }), 'METHOD_NOT_ALLOWED');
    assertError(await dispatcher.request('/a%2fb'), 'BAD_REQUEST_TARGET');
    assert.ok(!dispatcher.log.some((line) => line.includes('pages are missing')));
  });
});

describe('readiness of a dispatcher', { skip }, () => {
  let dispatcher: TestGateway;
  let endpoint: Server;
  let probe: Probe;
  const waiting: ServerResponse[] = [];
  let isOpen = false;

  before(async () => {
    endpoint = createServer((_req, res) => (isOpen ? res.end() : void waiting.push(res)));
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    probe = createProbe(`http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`);
    const env = {
      ...sending,
      ROLE: 'dispatcher',
      DISPATCH_CONCURRENCY: '1',
      DISPATCH_READ_TIMEOUT_MS: '60000',
      DISPATCH_LEASE_MS: '200000',
    };
    dispatcher = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await dispatcher?.close();
    endpoint?.closeAllConnections();
    endpoint?.close();
  });

  const readiness = async () => {
    const { status, body } = await dispatcher.request('/readyz');
    return { status, lag: body.checks.lag };
  };
  const twoMinutesAgo = (id: string) =>
    probe.transaction((trx) =>
      trx('dispatcher_queue')
        .where({ endpoint_id: id })
        .update({ due_at: trx.raw('due_at - 120000000') }),
    );

  test('the dispatcher stays ready while deliveries wait behind an endpoint that does not answer', async () => {
    await probe.enqueue('dead', 20);
    await eventually(() => waiting.length === 1);
    await twoMinutesAgo('dead');
    assert.deepEqual(await readiness(), { status: 200, lag: 'ok' });
  });

  test('the dispatcher is not ready while a delivery waits for a free slot', async () => {
    await probe.enqueue('good');
    assert.deepEqual(await readiness(), { status: 200, lag: 'ok' });
    await twoMinutesAgo('good');
    assert.deepEqual(await readiness(), { status: 503, lag: 'failed' });
    isOpen = true;
    for (const res of waiting) res.end();
    await eventually(async () => (await readiness()).status === 200);
    assert.deepEqual(await readiness(), { status: 200, lag: 'ok' });
  });
});
