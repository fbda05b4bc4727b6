import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Dispatcher, definePlugin, defineRoute } from '../../src/plugin.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { active } from '../support/probe-plugin.ts';

const kind = 'enqueued';

/** A plugin whose route enqueues without a transaction of the gateway's. */
const createPlugin = (url: string) =>
  definePlugin({
    name: 'enqueuer',
    apiVersion: 1,
    setup({ dispatcher }) {
      dispatcher.registerEndpointKind({
        name: kind,
        resolve: async (ids) => new Map(ids.map((id) => [id, active(`${url}/${id}`)])),
      });
      return { routes: [createRoute(dispatcher)] };
    },
  });

const createRoute = (dispatcher: Dispatcher) =>
  defineRoute({
    method: 'POST',
    path: '/api/v1/enqueuer',
    summary: 'Enqueue a delivery',
    answers: { 201: { description: 'The delivery was accepted.' } },
    withoutTransaction: true,
    transact: async (req, db) => {
      const delivery = { organization: req.organization, endpoint: { kind, id: 'one' }, type: 't', payload: '{}' };
      return { status: 201, body: await dispatcher.enqueue(db, [delivery]) };
    },
  });

onEveryEngine('a route without a transaction', ({ serverUrl }) => {
  let receiver: Receiver;
  let gateway: TestGateway;

  before(async () => {
    receiver = await createReceiver();
    gateway = await createTestGateway({
      plugins: [createPlugin(receiver.url)],
      serverUrl,
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const call = async (headers: Record<string, string> = {}) =>
    gateway.request('/api/v1/enqueuer', { target: 'enqueuer', token: await gateway.token(), body: {}, headers });

  test('a delivery that it enqueues is accepted with 201, stored before the answer and sent once', async () => {
    const { status, body } = await call();
    assert.equal(status, 201);
    const stored: string[] = await gateway.app.foundation.database.read((db) =>
      db('dispatcher_deliveries').pluck('id'),
    );
    assert.deepEqual(stored, [body[0].id]);
    await eventually(() => receiver.received.length === 1);
  });

  test('a call with an Idempotency-Key enqueues once, in the transaction of the key', async () => {
    const before = receiver.received.length;
    const headers = { 'Idempotency-Key': 'enqueue-once' };
    const first = await call(headers);
    const second = await call(headers);
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.deepEqual(second.body, first.body);
    await eventually(() => receiver.received.length === before + 1);
  });
});
