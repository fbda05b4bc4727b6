import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createMovementRepository } from '../../../plugins/integration/usage/movement-repository.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { organization, startUsage, type UsageClient } from './usage-client.ts';

onEveryEngine('the order of thresholds', ({ serverUrl, testOnServer }) => {
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

  const order = async (webhook: string, retries: readonly number[]): Promise<void> => {
    const body = { ordered: true, retry_schedule: retries };
    const changed = await client.call(`/webhooks/${webhook}/delivery`, { method: 'PUT', body });
    assert.equal(changed.status, 200, changed.text);
  };
  const percentsAt = (path: string): number[] =>
    client.received(path).map(({ body }) => JSON.parse(body).quotaPercentUsed as number);
  const settled = () =>
    eventually(async () => {
      client.gateway.clock.advance(6000);
      // In this order: a movement is deleted in the transaction that enqueues its last deliveries.
      return (await client.count('movements')) === 0 && (await database.knex('dispatcher_queue')).length === 0;
    }, 60_000);

  test('a jump over five thresholds arrives in ascending order at an ordered webhook that refuses the first attempts', async () => {
    let refusals = 3;
    client.receiver.script(() => answer(refusals-- > 0 ? 503 : 200));
    const hook = await client.webhook('/ordered');
    await order(hook, [5, 5, 5, 5]);
    await client.subscribe();
    await client.notify([hook], ['%= 100 to 120 by 10', '%= 80 to 90']);
    assert.equal((await client.use(130)).status, 201);
    await settled();
    assert.deepEqual(percentsAt('/ordered'), [80, 80, 80, 80, 90, 100, 110, 120]);
    const events = await database.knex('dispatcher_events').orderBy('id').pluck('payload');
    assert.deepEqual(
      events.map((payload) => JSON.parse(payload).quotaPercentUsed),
      [80, 90, 100, 110, 120],
    );
  });

  test('so does one that is expanded in several steps, at each of 20 ordered webhooks', async () => {
    await client.subscribe();
    const paths = Array.from({ length: 20 }, (_, index) => `/hook${index}`);
    const hooks: string[] = [];
    for (const path of paths) hooks.push(await client.webhook(path));
    for (const hook of hooks) await order(hook, []);
    await client.notify(hooks, ['%= 81 to 120 by 1']);
    assert.equal((await client.use(120)).status, 201);
    await settled();
    const expected = Array.from({ length: 40 }, (_, index) => 81 + index);
    for (const path of paths) assert.deepEqual(percentsAt(path), expected, path);
    const events = await database.knex('dispatcher_events').orderBy('id').pluck('payload');
    const seen = events.map((payload) => JSON.parse(payload).quotaPercentUsed);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  test('the jumps of reports that follow one another at once do not overtake each other', async () => {
    const hook = await client.webhook('/ordered');
    await order(hook, []);
    await client.subscribe();
    await client.notify([hook], ['%= 5 to 100 by 5']);
    for (let report = 0; report < 20; report += 1) assert.equal((await client.use(5)).status, 201);
    await settled();
    assert.deepEqual(
      percentsAt('/ordered'),
      Array.from({ length: 20 }, (_, index) => 5 * (index + 1)),
    );
  });

  /** A movement without firings. */
  const movement = (subscriptionId: string) => ({
    ...{ organization, subscriptionId, cycle: 0, target: 1n, webhooks: [], crossed: [], done: 0, crossedAt: 1 },
  });
  const due = { now: 1_000_000, latest: 2_000_000 };

  test('movements of a subscription have ascending ids, and a postponed one lets the later ones pass', async () => {
    const repository = createMovementRepository(database.knex, database);
    const own = 'other-organization';
    for (let index = 0; index < 10; index += 1) {
      await database.knex('integration_movements').where({ organization: own }).update({ due_at: 1_500_000 });
      await repository.insert({ ...movement('s1'), organization: own });
      const ids = await database
        .knex('integration_movements')
        .where({ organization: own })
        .orderBy('id')
        .pluck('due_at');
      assert.deepEqual(ids, [...Array.from({ length: index }, () => 1_500_000), 0]);
    }
    const last = await database.knex('integration_movements').max({ id: 'id' }).where({ organization: own }).first();
    assert.equal(await repository.lockNext(own, due), last?.id);
    await database.knex('integration_movements').where({ organization: own }).delete();
  });

  testOnServer('while a process expands a movement, another one takes those of other subscriptions only', async () => {
    const own = 'other-organization';
    const outer = createMovementRepository(database.knex, database);
    for (const subscription of ['s1', 's1', 's2']) await outer.insert({ ...movement(subscription), organization: own });
    const rows = await database.knex('integration_movements').where({ organization: own }).orderBy('id');
    const idsOf = (subscription: string) =>
      rows.filter((row) => row.subscription_id === subscription).map(({ id }) => id);
    const [one, two] = [await database.knex.transaction(), await database.knex.transaction()];
    try {
      assert.equal(await createMovementRepository(one, database).lockNext(own, due), idsOf('s1')[0]);
      const other = createMovementRepository(two, database);
      assert.equal(await other.lockNext(own, due), idsOf('s2')[0]);
      await other.delete(idsOf('s2')[0]);
      assert.equal(await other.lockNext(own, due), undefined);
      await createMovementRepository(one, database).delete(idsOf('s1')[0]);
      await one.commit();
      assert.equal(await other.lockNext(own, due), idsOf('s1')[1]);
    } finally {
      if (!one.isCompleted()) await one.rollback();
      await two.rollback();
      await database.knex('integration_movements').where({ organization: own }).delete();
    }
  });
});
