import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, createReceiver, type Receiver, type TestAnswer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

onEveryEngine('test events of distributors', ({ serverUrl }) => {
  let client: IntegrationGateway;
  let busy: Receiver;

  before(async () => {
    client = await startIntegration(serverUrl);
    busy = await createReceiver(() => answer(503));
  });
  after(async () => {
    await client.close();
    await busy.close();
  });

  const send = (id: string, body?: object): Promise<TestAnswer> =>
    client.call(`/distributors/${id}/test`, body ? { body } : { method: 'POST' });

  test('the example of the type is sent once, and marked in the log', async () => {
    const id = await client.createDistributor();
    const example = '{"example":{"amount":0.10}}';
    await client.call('/event-types/order.tested', { method: 'PUT', body: example });
    const sent = await send(id, { type: 'order.tested' });
    assert.equal(sent.status, 202, sent.text);
    assert.deepEqual(Object.keys(sent.body), ['event', 'deliveries']);
    const [delivery] = sent.body.deliveries;
    assert.equal(delivery.distributor_id, id);
    const { test: isTest, endpoint, type } = await client.reached(delivery.id, 'delivered');
    assert.deepEqual([isTest, endpoint, type], [true, { kind: 'distributor', id }, 'order.tested']);
    assert.ok(client.receiver.received.some(({ body }) => body.includes('"data":{"amount":0.10}}')));
    const usual = await client.send(id);
    assert.equal((await client.read(usual)).test, false);
    const listed = await client.call(`/deliveries?endpoint=${id}`);
    assert.deepEqual(
      listed.body.deliveries.map((each: { test: boolean }) => each.test),
      [false, true],
    );
  });

  test('without a type, and for an unknown one, data is empty', async () => {
    const id = await client.createDistributor();
    for (const [body, type] of [
      [undefined, 'test'],
      [{}, 'test'],
      [{ type: 'un.known' }, 'un.known'],
    ] as const) {
      const { event } = (await send(id, body)).body;
      assert.equal(event.type, type);
      assert.deepEqual((await client.call(`/events/${event.id}`)).body.data, {});
    }
  });

  test('a failed test event is not tried again', async () => {
    const id = await client.createDistributor({ host: busy.url });
    const { deliveries } = (await send(id)).body;
    const { attempt_count: attempts } = await client.reached(deliveries[0].id, 'failed');
    assert.equal(attempts, 1);
  });

  test('a distributor that is turned off gets test events', async () => {
    const id = await client.createDistributor();
    const off = await client.call(`/distributors/${id}/delivery`, { method: 'PUT', body: { enabled: false } });
    assert.equal(off.status, 200, off.text);
    const { deliveries } = (await send(id)).body;
    await client.reached(deliveries[0].id, 'delivered');
    await client.reached(await client.send(id), 'held');
  });

  test('without a webhook, for an unknown distributor and a reserved type there is no test event', async () => {
    assertError(await send(await client.createDistributor(null)), 'DISTRIBUTOR_HAS_NO_WEBHOOK');
    assertError(await send('01a1ff64-1fef-712c-a665-f77e057a638e'), 'NOT_FOUND');
    assertInvalid(await send(await client.createDistributor(), { type: 'hookgate.delivery.failed' }), ['type']);
  });
});
