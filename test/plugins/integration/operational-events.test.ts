import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setEventTypes } from '../../../plugins/integration/event-subscriptions/event-subscriptions.ts';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

interface Heard {
  id: string;
  type: string;
  data: Record<string, unknown> & { endpoint: { id: string } };
}

onEveryEngine("the gateway's own events", ({ serverUrl }) => {
  let world: IntegrationGateway;
  /** Paths that answer with another status than 200. */
  const statuses = new Map<string, number>();

  before(async () => {
    world = await startIntegration(serverUrl);
    world.receiver.script(({ path }) => answer(statuses.get(path.split('?')[0] ?? '') ?? 200));
  });
  after(() => world?.close());

  const subscribe = async (meta: object, ...patterns: string[]): Promise<string> => {
    const id = await world.createDistributor(meta);
    const { database } = world.gateway.app.foundation;
    assert.ok(await database.transaction((trx) => setEventTypes(trx, 'test-org', id, patterns)));
    return id;
  };
  /** Events at a path about an endpoint. */
  const heardAt = (path: string, endpoint: string): Heard[] =>
    world.receiver.received
      .filter((request) => request.path === path)
      .map(({ body }) => JSON.parse(body) as Heard)
      .filter(({ data }) => data.endpoint?.id === endpoint);
  const hears = (path: string, endpoint: string, ...types: string[]) =>
    eventually(() => {
      const heard = heardAt(path, endpoint);
      return String(heard.map(({ type }) => type).sort()) === String(types.toSorted()) ? heard : undefined;
    });
  async function fail(distributor: string, count: number): Promise<string[]> {
    const sent: string[] = [];
    for (let left = count; left > 0; left -= 1) sent.push(await world.send(distributor));
    for (const id of sent) await world.reached(id, 'failed');
    return sent;
  }

  test('a delivery that is given up, and a failing endpoint, are told to the distributors that name them', async () => {
    await subscribe({ path: '/all' }, '*', 'hookgate.*');
    await subscribe({ path: '/endpoints' }, 'hookgate.endpoint.*');
    await subscribe({ path: '/failed' }, 'hookgate.delivery.failed');
    await world.createDistributor({ path: '/star' });
    await subscribe({ path: '/deaf' }, 'hookgate.*');
    statuses.set('/deaf', 500);
    statuses.set('/orders', 404);
    const authentication = { type: 1, username: 'joe', password: 'secret-of-joe' };
    const orders = await world.createDistributor({ path: '/orders?key=secret-key', authentication });

    const [first = ''] = await fail(orders, 1);
    const [failed] = await hears('/all', orders, 'hookgate.delivery.failed');
    const delivery = await world.read(first);
    const host = new URL(world.receiver.url).host;
    assert.deepEqual(failed?.data, {
      endpoint: { kind: 'distributor', id: orders, host },
      ...{ delivery_id: first, event_id: delivery.event_id, type: 'order.filled', failed_at: failed?.data.failed_at },
      ...{ attempts: 1, last_error: 'status_4xx', last_status: 404 },
    });
    await hears('/failed', orders, 'hookgate.delivery.failed');

    await fail(orders, 9);
    const [failing] = await hears('/endpoints', orders, 'hookgate.endpoint.failing');
    assert.deepEqual(failing?.data, {
      endpoint: { kind: 'distributor', id: orders, host },
      ...{ since: failing?.data.since, changed_at: failing?.data.changed_at },
      ...{ failures: 10, last_error: 'status_4xx', last_status: 404 },
    });
    statuses.delete('/orders');
    await world.reached(await world.send(orders), 'delivered');
    await hears('/endpoints', orders, 'hookgate.endpoint.failing', 'hookgate.endpoint.recovered');
    const tens = Array<string>(10).fill('hookgate.delivery.failed');
    const all = await hears('/all', orders, ...tens, 'hookgate.endpoint.failing', 'hookgate.endpoint.recovered');
    assert.equal(new Set(all.map(({ id }) => id)).size, 12);
    assert.deepEqual(heardAt('/star', orders), []);
    assert.doesNotMatch(JSON.stringify(all), /secret|key=/);
  });

  test('deliveries of these events that fail cause none', async () => {
    const path = '/deliveries?status=failed&type=hookgate.delivery.failed&limit=100';
    const deaf = await eventually(async () => {
      const { deliveries } = (await world.call(path)).body;
      return deliveries.length >= 10 ? deliveries : undefined;
    });
    const own = deaf[0].endpoint.id;
    const marker = await world.createDistributor({ path: '/marker' });
    statuses.set('/marker', 404);
    await fail(marker, 1);
    await hears('/all', marker, 'hookgate.delivery.failed');
    assert.deepEqual(heardAt('/all', own), []);
    const [state] = (await world.call(`/endpoint-statistics?endpoints=${own}`)).body.data;
    assert.deepEqual([state.state, state.failures], ['ok', 0]);
  });

  test('a distributor whose query cannot carry the event keeps it from no other', async () => {
    await subscribe({ path: '/get?type=own', method: 1 }, 'hookgate.*');
    const orders = await world.createDistributor({ path: '/closed' });
    statuses.set('/closed', 410);
    await fail(orders, 1);
    await hears('/all', orders, 'hookgate.delivery.failed');
    await hears('/failed', orders, 'hookgate.delivery.failed');
    assert.ok(!world.gateway.log.some((line) => line.includes('plugin failed to take reports')));
  });

  test('other organizations hear nothing, and without subscribers no event is stored', async () => {
    const token = await world.gateway.token({ org: 'quiet', scope: 'integration:read integration:write' });
    statuses.set('/quiet', 404);
    const meta = { host: world.receiver.url, path: '/quiet', method: 2 };
    const made = await world.call(`/distributors/nodes/${nodeId}`, { token, body: { meta } });
    const id = made.body.id;
    const body = { type: 'order.filled', data: {} };
    assert.equal((await world.call(`/distributors/${id}/events`, { token, body })).status, 202);
    const { database } = world.gateway.app.foundation;
    await eventually(async () => {
      const [failed] = (await world.call('/deliveries?status=failed', { token })).body.deliveries;
      const waiting = await database.knex('dispatcher_changes').where({ organization: 'quiet' });
      return failed && waiting.length === 0 ? true : undefined;
    });
    assert.deepEqual(await database.knex('dispatcher_events').where({ organization: 'quiet' }).pluck('type'), [
      'order.filled',
    ]);
    assert.deepEqual(heardAt('/all', id), []);
  });
});
