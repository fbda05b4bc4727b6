import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import express from 'express';
import Joi from 'joi';
import { integration } from '../plugins/integration/index.ts';
import { StartError } from '../src/errors.ts';
import { definePlugin, defineRoute, type PluginEvent, type Publisher } from '../src/plugin.ts';
import { createPublishing } from '../src/publishing.ts';
import { createReceiver, createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { onEveryEngine } from './support/engines.ts';
import { eventually } from './support/eventually.ts';

const answers = { 200: { description: 'Done.' } };

/** A target whose one call publishes the event of its body, and fails afterwards if `fails` is true. */
const shop = definePlugin({
  name: 'shop',
  apiVersion: 1,
  setup: ({ publish }) => ({
    routes: [
      defineRoute({
        method: 'POST',
        path: '/api/v1/shop/sales',
        summary: 'Sell',
        body: Joi.object<{ event: Omit<PluginEvent, 'organization'>; fails?: boolean }>({
          event: Joi.object().unknown().required(),
          fails: Joi.boolean(),
        }),
        answers,
        transact: async (req, trx) => {
          const published = await publish(trx, { organization: req.organization, ...req.body.event });
          if (req.body.fails) throw new Error('after publishing');
          return { status: 200, body: published };
        },
      }),
    ],
  }),
});

const publishes = (name: string) =>
  definePlugin({
    name,
    apiVersion: 1,
    setup({ providePublisher }) {
      providePublisher(async () => ({ id: name }));
      return { router: express.Router() };
    },
  });

let gateway: TestGateway;

const sell = async (event: object, fails = false) =>
  gateway.request('/api/v1/shop/sales', {
    target: 'shop',
    token: await gateway.token({ scope: 'integration:read integration:write' }),
    body: { event, fails },
  });

onEveryEngine('events of plugins', ({ serverUrl }) => {
  afterEach(() => gateway.close());

  test('an event is sent to subscribers after the commit, and never after a rollback', async () => {
    const receiver = await createReceiver();
    // The publisher is set up last.
    gateway = await createTestGateway({
      plugins: [shop, integration],
      serverUrl,
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
    const token = await gateway.token({ scope: 'integration:read integration:write' });
    const call = (path: string, body: unknown, method = 'POST') =>
      gateway.request(`/api/v1/integration${path}`, { target: 'integration', token, method, body });
    const node = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
    const meta = { host: receiver.url, path: '/', method: 2 };
    assert.equal((await call(`/distributors/nodes/${node}`, { meta })).status, 201);
    await call('/event-types/shop.sold', { schema: { required: ['amount'] } }, 'PUT');

    const failed = await sell({ type: 'shop.sold', data: { amount: 1 } }, true);
    assert.equal(failed.status, 500);
    const refused = await sell({ type: 'shop.sold', data: {} });
    assert.equal(refused.body.error.code, 'VALIDATION_ERROR', refused.text);
    assert.equal(refused.body.error.details.fields[0].path, 'data.amount');
    assert.equal(gateway.published.length, 0);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sold = await sell({ type: 'shop.sold', data: { amount: 2 }, nodeId: node.toUpperCase(), traceparent });
    assert.equal(sold.status, 200, sold.text);
    const [received] = await eventually(() => (receiver.received.length > 0 ? receiver.received : undefined));
    const { id, type, data } = JSON.parse(received?.body ?? '');
    assert.deepEqual({ id, type, data }, { id: sold.body.id, type: 'shop.sold', data: { amount: 2 } });
    assert.match(String(received?.headers.traceparent), /^00-0af7651916cd43dd8448eb211c80319c-/);
    assert.deepEqual(
      gateway.published.map((event) => event.data),
      [{ amount: 2 }],
    );
    assert.equal(receiver.received.length, 1);
    await receiver.close();
  });

  test('without a publisher, tests see what was published', async () => {
    gateway = await createTestGateway({ plugins: [shop], serverUrl });
    const event = { type: 'shop.sold', data: { amount: 1 } };
    assert.equal((await sell(event, true)).status, 500);
    assert.equal((await sell(event)).status, 200);
    assert.deepEqual(gateway.published, [{ organization: 'test-org', ...event }]);
  });

  test('mistakes of the plugin are internal errors', async () => {
    gateway = await createTestGateway({ plugins: [shop], serverUrl });
    for (const event of [
      { type: 'hookgate.delivery.failed', data: {} },
      { type: 'a b', data: {} },
      { type: 'n'.repeat(129), data: {} },
      { type: 'shop.sold', data: [] },
      { type: 'shop.sold' },
      { type: 'shop.sold', data: {}, organization: '' },
    ])
      assert.equal((await sell(event)).status, 500, JSON.stringify(event));
    assert.equal(gateway.published.length, 0);
  });
});

describe('publishers', () => {
  const trx = { isTransaction: true } as unknown as Parameters<Publisher>[0];
  const event = { organization: 'myorg', type: 'a', data: {} };

  test('publishing without a publisher rejects, and names the remedy', async () => {
    const { publish, providePublisher } = createPublishing();
    await assert.rejects(publish(trx, event), /plugin integration/);
    providePublisher(async () => ({ id: '1' }), 'one');
    assert.deepEqual(await publish(trx, event), { id: '1' });
    const plain = { isTransaction: false } as unknown as typeof trx;
    await assert.rejects(publish(plain, event), TypeError);
  });

  test('a second publisher stops the start', async () => {
    await assert.rejects(
      createTestGateway({ plugins: [publishes('first'), publishes('second')] }),
      (error) => error instanceof StartError && /second.*first/s.test(error.message),
    );
  });
});
