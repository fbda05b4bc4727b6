import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

const event = { type: 'order.filled', data: { order: 1 } };

onEveryEngine('events', ({ serverUrl }) => {
  let world: IntegrationGateway;
  before(async () => {
    world = await startIntegration(serverUrl);
  });
  after(() => world.close());

  const post = (id: string, body: unknown, headers: Record<string, string> = {}) =>
    world.call(`/distributors/${id}/events`, { body, headers });
  const seen = (path: string) => world.receiver.received.filter((request) => request.path.startsWith(path));

  test('an event of a node goes to each distributor with a webhook as a delivery of its own', async () => {
    const node = randomUUID();
    const first = await world.createDistributor({ path: '/node/1' }, node);
    const second = await world.createDistributor({ path: '/node/2', method: 'PUT' }, node);
    await world.createDistributor(null, node);
    const stranger = await world.gateway.token({ org: 'other', scope: 'integration:write' });
    const path = `/distributors/nodes/${node}/events`;
    const { status, body } = await world.call(path, { body: event });
    assert.equal(status, 202);
    const distributors = body.deliveries.map((delivery: { distributor_id: string }) => delivery.distributor_id);
    assert.deepEqual(distributors.sort(), [first, second].sort());
    await eventually(() => seen('/node/').length === 2);
    const payloads = seen('/node/').map((request) => JSON.parse(request.body));
    assert.deepEqual(payloads[0], payloads[1]);
    assert.deepEqual(Object.keys(payloads[0]), ['id', 'type', 'timestamp', 'data']);
    const ids = seen('/node/').map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(ids.sort(), body.deliveries.map(({ id }: { id: string }) => id).sort());
    assert.deepEqual((await world.call(path, { body: event, token: stranger })).body, { deliveries: [] });
    assert.deepEqual((await world.call(`/distributors/nodes/${randomUUID()}/events`, { body: event })).body, {
      deliveries: [],
    });
  });

  test('an event repeated with its Idempotency-Key is accepted once and gets the same answer', async () => {
    const id = await world.createDistributor({ path: '/key' });
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await post(id, event, headers);
    const again = await post(id, event, headers);
    assert.deepEqual([again.status, again.body], [202, first.body]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assertError(await post(id, { ...event, data: {} }, headers), 'IDEMPOTENCY_KEY_REUSED');
    await world.reached(first.body.deliveries[0].id, 'delivered');
    const { body } = await world.call(`/deliveries?endpoint=${id}`);
    assert.equal(body.deliveries.length, 1);
    assert.equal(seen('/key').length, 1);
  });

  test('an event for a distributor without webhook is a conflict, for an unknown one not found', async () => {
    assertError(await post(await world.createDistributor(null), event), 'DISTRIBUTOR_HAS_NO_WEBHOOK');
    assertError(await post(randomUUID(), event), 'NOT_FOUND');
    const foreign = await world.gateway.token({ org: 'other', scope: 'integration:write' });
    const id = await world.createDistributor();
    const refused = await world.call(`/distributors/${id}/events`, { body: event, token: foreign });
    assertError(refused, 'NOT_FOUND');
  });

  test('an invalid event is refused with its fields', async () => {
    const id = await world.createDistributor();
    assertInvalid(await post(id, {}), ['type', 'data']);
    assertInvalid(await post(id, { type: '', data: [] }), ['type', 'data']);
    assertInvalid(await post(id, { type: 'with space', data: {}, extra: 1 }), ['type', 'extra']);
  });

  test('an event of up to 256 KiB is accepted, a larger one refused', async () => {
    const id = await world.createDistributor({ path: '/large' });
    const accepted = await post(id, { type: 'x', data: { text: 'a'.repeat(255 * 1024) } });
    assert.equal(accepted.status, 202);
    await world.reached(accepted.body.deliveries[0].id, 'delivered');
    const refused = await post(id, { type: 'x', data: { text: 'a'.repeat(256 * 1024) } });
    assertError(refused, 'PAYLOAD_TOO_LARGE');
  });

  test('an event for GET or DELETE must fit into a query of 8 KiB with unique fields', async () => {
    const query = await world.createDistributor({ path: '/query?own=1', method: 'GET' });
    const body = await world.createDistributor({ path: '/body' });
    for (const name of ['id', 'type', 'timestamp', 'own']) {
      const clash = { type: 'x', data: { [name]: 1 } };
      assertInvalid(await post(query, clash), [`data.${name}`]);
      assert.equal((await post(body, clash)).status, 202);
    }
    const large = { type: 'x', data: { text: 'a'.repeat(8 * 1024) } };
    assertInvalid(await post(query, large), ['data']);
    assert.equal((await post(body, large)).status, 202);
    const fitting = await post(query, { type: 'x', data: { text: 'a'.repeat(7 * 1024) } });
    assert.equal(fitting.status, 202);
    await world.reached(fitting.body.deliveries[0].id, 'delivered');
    assert.match(seen('/query')[0]?.path ?? '', /^\/query\?own=1&id=.+&type=x&timestamp=.+&text=a+$/);
  });
});
