import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { watchBusyTurns, watchStalls } from '../../support/patience.ts';
import { organization, percents, plan, startUsage, type UsageClient } from './usage-client.ts';

/** Processor time of one turn: below 50 ms as measured, with room for a slower processor. Unbounded work takes seconds. */
const busyLimitMs = 100;
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const times = { created_at: 1, updated_at: 1 };
const idOf = (group: number, index: number): string =>
  `0198c5a1-7b1e-7${String(group).padStart(3, '0')}-9d5e-${String(index).padStart(12, '0')}`;

onEveryEngine('bounded work', ({ serverUrl }) => {
  let client: UsageClient;
  let database: Database;

  beforeEach(async () => {
    client = await startUsage(serverUrl);
    database = openDatabase(loadConfig(client.gateway.database.env));
  });
  afterEach(async () => {
    await database.close();
    await client.close();
  });

  /** Inserts disabled webhooks and conditions of 20 webhooks each: their firings are recorded, and none is sent. */
  async function watch(planId: string, group: number, webhooks: number, thresholds: readonly number[]): Promise<void> {
    const ids = Array.from({ length: webhooks }, (_, index) => idOf(group, index));
    const own = { organization, ...times };
    const by = { created_by: 'a', updated_by: 'a' };
    const rows = ids.map((id) => ({
      id,
      name: id,
      post_url: 'http://127.0.0.1/',
      enabled: false,
      secret: '',
      ...by,
      ...own,
    }));
    await database.knex.batchInsert('integration_webhooks', rows, 50);
    const conditions = Array.from({ length: webhooks / 20 }, (_, index) => ({
      ...{ id: idOf(group, index), plan_id: planId, attributes: '[]', actions: '[]', ...own },
      ...{ thresholds: JSON.stringify(thresholds), webhooks: JSON.stringify(ids.slice(index * 20, index * 20 + 20)) },
    }));
    await database.knex.batchInsert('integration_conditions', conditions, 50);
    await database
      .knex('integration_plan_thresholds')
      .insert({ organization, plan_id: planId, thresholds: JSON.stringify(thresholds) });
  }

  test('a report that calls 2,000 webhooks does not block the event loop', async (t) => {
    for (let group = 0; group < 2; group += 1) {
      const planId = group === 0 ? plan : `payments_p${group}`;
      if (group > 0) await client.catalog.plan('payments', `P${group}`);
      await client.subscribe({}, planId);
      await watch(planId, group, 1000, [25, 50, 75, 100]);
    }
    const own = await client.webhook('/own');
    await database.knex('integration_webhooks').whereNot({ id: own }).update({ enabled: true });
    const stopWatching = watchBusyTurns();
    const stopStalls = watchStalls();
    const answer = await client.use(100);
    await eventually(async () => (await client.count('movements')) === 0, 60_000);
    const stalledMs = stopStalls();
    const busyMs = stopWatching();
    assert.equal(answer.status, 201, answer.text);
    assert.equal(await client.count('firings'), 8000);
    t.diagnostic(`longest turn: ${busyMs} ms of processor time, longest stall: ${stalledMs} ms`);
    assert.ok(busyMs < busyLimitMs, `${busyMs} ms`);
  });

  test('a movement that another process left is continued, and one that fails stops no other', async () => {
    const hook = await client.webhook('/hook');
    const later = await client.webhook('/later');
    const subscription = await client.subscribe();
    const crossed = [80, 90, 100].map((threshold) => ({ threshold, application: 'my-app', webhooks: [0] }));
    const content = JSON.stringify({ target: '100', webhooks: [hook], crossed });
    const row = { organization, subscription_id: subscription, cycle: 0, due_at: 0, crossed_at: 1 };
    // A condition that was created after the crossing does not count.
    await client.notify([later]);
    await database.knex('integration_movements').insert([
      { ...row, id: idOf(1, 1), content: 'no JSON', done: 0 },
      { ...row, id: idOf(1, 2), content, done: 1 },
      // The same thresholds again, as after a change of the target: none fires twice.
      { ...row, id: idOf(1, 3), content, done: 1 },
    ]);
    await eventually(async () => (await client.count('movements')) === 1);
    assert.deepEqual(percents(await client.callbacks('/hook', 2)), [90, 100]);
    assert.equal(await client.count('firings'), 2);
    assert.deepEqual(client.received('/later'), []);
    const [left] = await database.knex('integration_movements');
    assert.equal(left.id, idOf(1, 1));
    assert.ok(left.due_at > 0, 'it is postponed');
  });

  test('an event to 2,000 distributors does not block the event loop', async (t) => {
    const distributors = Array.from({ length: 2000 }, (_, index) => ({
      ...{ id: idOf(9, index), organization, node_id: nodeId, host: 'http://127.0.0.1:1', path: '/', method: 'POST' },
      // Credentials that cannot be decrypted: enqueueing does not need them.
      ...{ authentication_type: 1, credentials: 'none', ...times },
    }));
    await database.knex.batchInsert('integration_distributors', distributors, 50);
    const token = await client.gateway.token({ org: organization, scope: 'integration:write', lifetimeSeconds: 9e8 });
    const stopWatching = watchBusyTurns();
    const stopStalls = watchStalls();
    const sent = await client.gateway.request(`/api/v1/integration/distributors/nodes/${nodeId}/events`, {
      target: 'integration',
      token,
      body: { type: 'order.filled', data: { order_id: '42' } },
    });
    const stalledMs = stopStalls();
    const busyMs = stopWatching();
    assert.equal(sent.status, 202, sent.text);
    assert.deepEqual(
      sent.body.deliveries.map((each: { distributor_id: string }) => each.distributor_id),
      distributors.map(({ id }) => id),
    );
    assert.equal(Number((await database.knex('dispatcher_events').count({ total: '*' }))[0]?.total), 1);
    t.diagnostic(`longest turn: ${busyMs} ms of processor time, longest stall: ${stalledMs} ms`);
    assert.ok(busyMs < busyLimitMs, `${busyMs} ms`);
  });
});
