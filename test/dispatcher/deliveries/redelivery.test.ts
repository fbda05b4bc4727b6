import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { answer } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type Delivery, type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

const retryMs = 3_600_000;

onEveryEngine('redelivery and cancellation', ({ serverUrl }) => {
  let world: IntegrationGateway;
  let distributor: string;

  before(async () => {
    world = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: String(retryMs) });
    distributor = await world.createDistributor();
  });
  beforeEach(() => world.receiver.script(() => answer(200)));
  after(() => world.close());

  const post = (path: string) => world.call(`/deliveries/${path}`, { method: 'POST' });
  const requestsOf = (id: string) => world.receiver.received.filter(({ headers }) => headers['webhook-id'] === id);
  const table = (name: string) => world.gateway.app.foundation.database.knex(name);

  /** A delivery whose first attempt got 500 and whose retry is due in an hour. */
  async function waiting(): Promise<string> {
    world.receiver.script(() => answer(500));
    const id = await world.send(distributor);
    await eventually(async () => (await world.read(id)).attempt_count === 1);
    world.receiver.script(() => answer(200));
    return id;
  }

  async function inFlight(): Promise<string> {
    world.receiver.script(() => ({ ...answer(200), delayMs: 500 }));
    const id = await world.send(distributor);
    await eventually(() => requestsOf(id).length === 1);
    return id;
  }

  test('a delivered delivery is sent again under the same id, and its attempt numbers continue', async () => {
    const id = await world.send(distributor);
    await world.reached(id, 'delivered');
    const again = await post(`${id}/redeliver`);
    assert.equal(again.status, 202);
    assert.deepEqual([again.body.id, again.body.status, again.body.attempt_count], [id, 'pending', 1]);
    await eventually(() => requestsOf(id).length === 2);
    const delivery = await eventually(async () => {
      const found = await world.read(id);
      return found.attempt_count === 2 && found.status === 'delivered' ? found : undefined;
    });
    assert.deepEqual(
      delivery.attempts.map(({ number }: Delivery) => number),
      [1, 2],
    );
    assert.equal(requestsOf(id)[1]?.headers['webhook-attempt'], '2');
    assert.equal(requestsOf(id)[1]?.body, requestsOf(id)[0]?.body);
  });

  test('failed, cancelled and pending deliveries are sent again with a new set of retries', async () => {
    world.receiver.script(() => answer(404));
    const failed = await world.send(distributor);
    await world.reached(failed, 'failed');
    const cancelled = await waiting();
    assert.equal((await post(`${cancelled}/cancel`)).body.status, 'cancelled');
    const pending = await waiting();
    for (const id of [failed, cancelled, pending]) {
      assert.equal((await post(`${id}/redeliver`)).status, 202);
      assert.equal((await world.reached(id, 'delivered')).attempt_count, 2);
    }
    const retried = await waiting();
    world.receiver.script(() => answer(500));
    await post(`${retried}/redeliver`);
    await eventually(async () => (await world.read(retried)).attempt_count === 2);
    const { attempts } = await world.read(retried);
    assert.match(attempts[0].decision, /^retry 1 of 3/);
    assert.match(attempts[1].decision, /^retry 1 of 3/);
    await post(`${retried}/cancel`);
  });

  test('a delivery in flight or held cannot be sent again', async () => {
    const flying = await inFlight();
    assertError(await post(`${flying}/redeliver`), 'DELIVERY_IN_FLIGHT');
    assertError(await post(`${flying}/cancel`), 'DELIVERY_IN_FLIGHT');
    assert.equal((await world.reached(flying, 'delivered')).attempt_count, 1);
    const held = await waiting();
    await table('dispatcher_queue').where({ delivery_id: held }).update({ held: 1, due_at: Number.MAX_SAFE_INTEGER });
    assert.equal((await world.read(held)).status, 'held');
    assertError(await post(`${held}/redeliver`), 'DELIVERY_HELD');
    assert.equal((await post(`${held}/cancel`)).body.status, 'cancelled');
  });

  test('a waiting delivery can be cancelled once', async () => {
    const id = await waiting();
    const { status, body } = await post(`${id}/cancel`);
    assert.equal(status, 200);
    assert.deepEqual(
      [body.status, body.attempt_count, body.last_status, body.next_attempt_at],
      ['cancelled', 1, 500, null],
    );
    assertError(await post(`${id}/cancel`), 'DELIVERY_SETTLED');
    const delivered = await world.send(distributor);
    await world.reached(delivered, 'delivered');
    assertError(await post(`${delivered}/cancel`), 'DELIVERY_SETTLED');
    assert.equal(requestsOf(id).length, 1);
  });

  test('an attempt of unknown outcome stays on record when its delivery is cancelled or sent again', async () => {
    const [one, two] = [await waiting(), await waiting()];
    for (const id of [one, two]) {
      await table('dispatcher_queue').where({ delivery_id: id }).update({ lease_token: 4711, lease_until: 1 });
    }
    assert.equal((await post(`${one}/cancel`)).body.attempt_count, 2);
    assert.equal((await post(`${two}/redeliver`)).status, 202);
    await world.reached(two, 'delivered');
    for (const id of [one, two]) {
      const { attempts, attempt_count } = await world.read(id);
      assert.equal(attempts.length, attempt_count);
      assert.equal(attempts[1].error, 'outcome_unknown');
    }
  });

  test('cancelled deliveries can be sent again once their distributor has a webhook again', async () => {
    const id = await waiting();
    await world.call(`/distributors/${distributor}`, { method: 'PUT', body: { meta: null } });
    assert.equal((await world.read(id)).status, 'cancelled');
    assertError(await post(`${id}/redeliver`), 'ENDPOINT_GONE');
    const meta = { host: world.receiver.url, path: '/again', method: 2 };
    await world.call(`/distributors/${distributor}`, { method: 'PUT', body: { meta } });
    assert.equal((await post(`${id}/redeliver`)).status, 202);
    const delivery = await world.reached(id, 'delivered');
    assert.equal(delivery.attempts.length, 2);
    assert.equal(requestsOf(id)[1]?.path, '/again');
  });

  test('a dry run counts the deliveries of a filter, and a job sends them and reports its progress', async () => {
    const other = await world.createDistributor({ path: '/many' });
    world.receiver.script(() => answer(404));
    const ids = await Promise.all(Array.from({ length: 130 }, () => world.send(other)));
    for (const id of ids) await world.reached(id, 'failed');
    world.receiver.script(() => answer(200));
    const filter = { status: 'failed', endpoint: other };
    const count = await world.call('/deliveries/redeliver', { body: { filter, dry_run: true } });
    assert.deepEqual([count.status, count.body], [200, { count: 130 }]);
    assert.equal(requestsOf(ids[0] ?? '').length, 1);
    const created = await world.call('/deliveries/redeliver', { body: { filter } });
    assert.equal(created.status, 202);
    const location = created.headers.get('location')?.replace('/api/v1/integration', '') ?? '';
    const job = await eventually(async () => {
      const { body } = await world.call(location);
      return body.state === 'done' ? body : undefined;
    });
    assert.deepEqual([job.id, job.redelivered, job.skipped], [created.body.id, 130, 0]);
    for (const id of ids) assert.equal((await world.reached(id, 'delivered')).attempt_count, 2);
    const stranger = await world.gateway.token({ org: 'other', scope: 'integration:read integration:write' });
    assertError(await world.call(location, { token: stranger }), 'NOT_FOUND');
    assertError(await world.call(location, { token: stranger, method: 'DELETE' }), 'NOT_FOUND');
  });

  test('a job skips unsendable deliveries, and a finished job cannot be cancelled', async () => {
    const gone = await world.createDistributor({ path: '/gone' });
    const lost = await world.send(gone);
    await world.reached(lost, 'delivered');
    await world.call(`/distributors/${gone}`, { method: 'DELETE' });
    const created = await world.call('/deliveries/redeliver', { body: { filter: { endpoint: gone } } });
    const path = `/redelivery-jobs/${created.body.id}`;
    await eventually(async () => (await world.call(path)).body.state === 'done');
    assert.deepEqual([(await world.call(path)).body.redelivered, (await world.call(path)).body.skipped], [0, 1]);
    assert.equal((await world.call(path, { method: 'DELETE' })).status, 204);
    assert.equal((await world.call(path)).body.state, 'done');
  });

  test('the job of a process that ended continues from its position', async () => {
    const other = await world.createDistributor({ path: '/left' });
    const ids = [await world.send(other), await world.send(other), await world.send(other)];
    for (const id of ids) await world.reached(id, 'delivered');
    const time = world.gateway.clock.now();
    const id = randomUUID();
    await table('dispatcher_jobs').insert({
      id,
      organization: 'test-org',
      filter: JSON.stringify({ endpointId: other }),
      state: 'running',
      next_before: ids[2],
      redelivered: 1,
      skipped: 0,
      created_at: time,
      updated_at: time,
    });
    await eventually(async () => (await world.call(`/redelivery-jobs/${id}`)).body.state === 'done');
    assert.equal((await world.call(`/redelivery-jobs/${id}`)).body.redelivered, 3);
    await eventually(async () => (await world.read(ids[0] ?? '')).attempt_count === 2);
    await eventually(async () => (await world.read(ids[1] ?? '')).attempt_count === 2);
    assert.equal((await world.read(ids[2] ?? '')).attempt_count, 1);
  });

  test('a cancelled job stays cancelled', async () => {
    // Polls are so rare here that the job never starts.
    const still = await startIntegration(serverUrl, { DISPATCH_POLL_INTERVAL_MS: '600000' });
    try {
      const created = await still.call('/deliveries/redeliver', { body: { filter: { status: 'failed' } } });
      const path = `/redelivery-jobs/${created.body.id}`;
      assert.equal((await still.call(path)).body.state, 'running');
      assert.equal((await still.call(path, { method: 'DELETE' })).status, 204);
      assert.equal((await still.call(path)).body.state, 'cancelled');
    } finally {
      await still.close();
    }
  });

  test('a job needs a filter with at least one valid condition', async () => {
    assertInvalid(await world.call('/deliveries/redeliver', { body: { filter: {} } }), ['filter']);
    assertInvalid(await world.call('/deliveries/redeliver', { body: { filter: { status: 'lost' } } }), [
      'filter.status',
    ]);
    assertInvalid(await world.call('/deliveries/redeliver', { body: { filter: { from: 'x', colour: 1 } } }), [
      'filter.from',
      'filter.colour',
    ]);
  });

  test('waiting and cancelled deliveries of an endpoint are counted', async () => {
    const own = await world.createDistributor();
    world.receiver.script(() => answer(500));
    const ids = [await world.send(own), await world.send(own), await world.send(own)];
    for (const id of ids) await eventually(async () => (await world.read(id)).attempt_count === 1);
    const [first] = ids;
    const statistics = async () => (await world.call(`/endpoint-statistics?endpoints=${own}`)).body.data[0];
    const { waiting, oldest_created_at } = await statistics();
    assert.deepEqual([waiting, oldest_created_at], [3, (await world.read(first ?? '')).created_at]);
    assert.equal((await post(`${first}/cancel`)).status, 200);
    assert.equal((await statistics()).waiting, 2);
    await eventually(async () => (await statistics()).failing_since !== null);
    assert.equal((await world.call(`/distributors/${own}`, { method: 'DELETE' })).status, 204);
    await eventually(async () => {
      const { points } = (await world.call(`/statistics?step=1d&endpoint=${own}`)).body;
      return points.some((point: Delivery) => point.cancelled === 3 && point.retried === 3 && point.accepted === 3);
    });
    assert.deepEqual([(await statistics()).failing_since, (await statistics()).waiting], [null, 0]);
  });
});
