import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

onEveryEngine('deliveries of configured endpoints', ({ serverUrl }) => {
  let integration: IntegrationGateway;

  before(async () => {
    integration = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '600000' });
  });
  beforeEach(() => integration.receiver.script(() => answer(200)));
  after(() => integration.close());

  async function configured(settings: object, path = '/hook'): Promise<string> {
    const id = await integration.createDistributor({ path });
    const changed = await integration.call(`/distributors/${id}/delivery`, { method: 'PUT', body: settings });
    assert.equal(changed.status, 200, changed.text);
    return id;
  }
  const receivedAt = (path: string) => integration.receiver.received.filter((request) => request.path === path);
  const attempted = (delivery: string, count: number) =>
    eventually(async () => {
      const found = await integration.read(delivery);
      return found.attempt_count === count && found.status !== 'in_flight' ? found : undefined;
    });

  test('its retry schedule replaces the one of the gateway', async () => {
    integration.receiver.script(() => answer(503));
    const delivery = await integration.send(await configured({ retry_schedule: [1000, 2000] }));
    assert.match((await attempted(delivery, 1)).decision, /^retry 1 of 2 in 1000 s/);
    integration.gateway.clock.advance(1_001_000);
    assert.match((await attempted(delivery, 2)).decision, /^retry 2 of 2 in 2000 s/);
    integration.gateway.clock.advance(2_001_000);
    assert.equal((await attempted(delivery, 3)).status, 'failed');
    const single = await integration.send(await configured({ retry_schedule: [] }));
    assert.equal((await integration.reached(single, 'failed')).attempt_count, 1);
  });

  test('its timeout ends an attempt', async () => {
    integration.receiver.script(() => ({ pieces: [], afterwards: 'silence' }));
    const delivery = await integration.send(await configured({ timeout_ms: 100, retry_schedule: [] }));
    const { attempts } = await integration.reached(delivery, 'failed');
    assert.equal(attempts[0].error, 'read_timeout');
    assert.ok(attempts[0].duration_ms >= 95, `${attempts[0].duration_ms} ms`);
  });

  test('its rate limit lets deliveries wait, which are no attempts', async () => {
    const limited = await configured({ rate_limit: { per_second: 0.1 } }, '/limited');
    const free = await configured({}, '/free');
    const waiting: string[] = [];
    for (let count = 0; count < 4; count += 1) waiting.push(await integration.send(limited));
    await eventually(() => receivedAt('/limited').length > 0);
    await integration.reached(await integration.send(free), 'delivered');
    const states = await Promise.all(waiting.map((delivery) => integration.read(delivery)));
    assert.ok(states.some(({ status, attempt_count }) => status !== 'delivered' && attempt_count === 0));
    await eventually(async () => {
      integration.gateway.clock.advance(10_000);
      const found = await Promise.all(waiting.map((delivery) => integration.read(delivery)));
      return found.every(({ status, attempt_count }) => status === 'delivered' && attempt_count === 1);
    });
  });

  test('published events go to it if their type is among its event types', async () => {
    const orders = await configured({ event_types: ['order.*'] });
    const none = await configured({ event_types: [] });
    const publish = async (type: string): Promise<string[]> => {
      const { status, body, text } = await integration.call('/events', { body: { type, data: {} } });
      assert.equal(status, 202, text);
      return body.deliveries.map(({ distributor_id: id }: Record<string, string>) => id);
    };
    assert.deepEqual(
      [(await publish('order.filled')).includes(orders), (await publish('user.left')).includes(orders)],
      [true, false],
    );
    assert.ok(!(await publish('order.filled')).includes(none));
    await integration.reached(await integration.send(none), 'delivered');
  });

  test('an ordered one gets its deliveries in the order of acceptance, and none overtakes a retry', async () => {
    let refusals = 3;
    integration.receiver.script(({ path }) => answer(path === '/ordered' && refusals-- > 0 ? 503 : 200));
    const id = await configured({ ordered: true, retry_schedule: [5, 5, 5] }, '/ordered');
    const sent: string[] = [];
    for (let count = 0; count < 12; count += 1) sent.push(await integration.send(id));
    await attempted(sent[0] ?? '', 1);
    assert.equal(receivedAt('/ordered').length, 1);
    await eventually(async () => {
      integration.gateway.clock.advance(6000);
      const found = await Promise.all(sent.map((delivery) => integration.read(delivery)));
      return found.every(({ status }) => status === 'delivered');
    });
    const arrived = receivedAt('/ordered').map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(arrived, [...Array.from({ length: 3 }, () => sent[0]), ...sent]);
  });

  test('deliveries that wait when their endpoint becomes ordered go by age, and no order is kept afterwards', async () => {
    const settings = { retry_schedule: [5000] };
    integration.receiver.script(() => answer(503));
    const id = await configured(settings, '/becomes');
    const sent = await Promise.all(Array.from({ length: 4 }, () => integration.send(id)));
    for (const delivery of sent) await attempted(delivery, 1);
    const put = (body: object) => integration.call(`/distributors/${id}/delivery`, { method: 'PUT', body });
    assert.equal((await put({ ...settings, ordered: true })).body.ordered, true);
    integration.receiver.script(() => answer(200));
    sent.push(await integration.send(id));
    await eventually(async () => {
      integration.gateway.clock.advance(5_001_000);
      const found = await Promise.all(sent.map((delivery) => integration.read(delivery)));
      return found.every(({ status }) => status === 'delivered');
    });
    const arrived = receivedAt('/becomes')
      .slice(4)
      .map(({ headers }) => headers['webhook-id']);
    assert.deepEqual(arrived, sent.toSorted());
    assert.equal((await put(settings)).body.ordered, false);
    await integration.reached(await integration.send(id), 'delivered');
  });

  test('it is turned off after its time without a delivery, holds everything, and delivers it when it is enabled', async () => {
    integration.receiver.script(() => answer(503));
    // Later than all the time that passes here, however often it is looked at.
    const settings = { retry_schedule: [604_800], disable_after_s: 60 };
    const id = await configured(settings, '/failing');
    const deliveries: string[] = [];
    for (let count = 0; count < 10; count += 1) deliveries.push(await integration.send(id));
    for (const delivery of deliveries) await attempted(delivery, 1);
    const isEnabled = async () => (await integration.call(`/distributors/${id}/delivery`)).body.enabled;
    assert.equal(await isEnabled(), true);
    await eventually(async () => {
      integration.gateway.clock.advance(61_000);
      return !(await isEnabled());
    });
    deliveries.push(await integration.send(id));
    for (const delivery of deliveries) await integration.reached(delivery, 'held');
    assert.equal(receivedAt('/failing').length, 10);
    integration.receiver.script(() => answer(200));
    await integration.call(`/distributors/${id}/delivery`, { method: 'PUT', body: settings });
    for (const delivery of deliveries) await integration.reached(delivery, 'delivered');
    assert.equal(await isEnabled(), true);
  });
});
