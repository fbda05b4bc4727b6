import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Connection, createConnection } from 'mysql2/promise';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { engines } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

const server = engines.find(({ name }) => name === 'mysql');

// Servers only: the embedded database has one writer, and so no row locks.
describe('rows locked while their results are written', { skip: !server }, () => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  let other: Connection;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl: server?.serverUrl, env });
    const [[{ name }]] = await probe.database.knex.raw('select database() as name');
    other = await createConnection({ uri: server?.serverUrl ?? '', database: name });
  });
  after(async () => {
    await other.end();
    await gateway.close();
    await receiver.close();
  });

  const answerMs = 1500;

  test('locks of another transaction, in either order, neither repeat the request nor duplicate the attempt', async () => {
    receiver.script(() => ({ ...answer(200), delayMs: answerMs }));
    const [id = ''] = await probe.enqueue('one');
    await eventually(() => receiver.received.length === 1);
    const received = performance.now();
    await other.beginTransaction();
    await other.query('select 1 from dispatcher_deliveries where id = ? for update', [id]);
    assert.ok(performance.now() - received < answerMs, 'the lock came after the answer');
    // The answer has come, and its result meets the lock.
    await eventually(() => performance.now() > received + answerMs + 500);
    await other.query('select 1 from dispatcher_queue where delivery_id = ? for update', [id]);
    await other.commit();

    const { status, attempts } = await eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      return delivery.status === 'in_flight' ? undefined : delivery;
    });
    assert.equal(status, 'delivered');
    assert.deepEqual(
      attempts.map(({ number, status }) => [number, status]),
      [[1, 200]],
    );
    assert.equal(receiver.received.length, 1);
  });
});
