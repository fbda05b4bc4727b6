import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createCounterRepository } from '../../../plugins/integration/usage/counter-repository.ts';
import type { Counter } from '../../../plugins/integration/usage/usage.ts';
import { loadConfig } from '../../../src/config.ts';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { countLockWaits } from '../../support/lock-waits.ts';
import { plan, startUsage, type UsageClient } from './usage-client.ts';

onEveryEngine('counters', ({ serverUrl, testOnServer }) => {
  let client: UsageClient;
  let database: Database;
  let ids: string[];

  beforeEach(async () => {
    client = await startUsage(serverUrl);
    database = openDatabase(loadConfig(client.gateway.database.env));
    await client.catalog.developer('other@example.com');
    ids = [await client.subscribe(), await client.subscribe({}, plan, 'other@example.com')].sort();
  });
  afterEach(async () => {
    await database.close();
    await client.close();
  });

  const add = (subscriptionIds: readonly string[], amount: number): Promise<Counter[]> =>
    database.transaction((trx) =>
      createCounterRepository(trx).add(
        subscriptionIds.map((subscriptionId) => ({ subscriptionId, cycle: 0, amount: BigInt(amount) })),
      ),
    );

  const told = (counters: readonly Counter[], id: string | undefined): bigint | undefined =>
    counters.find(({ subscriptionId }) => subscriptionId === id)?.used;

  const waiting = () => countLockWaits((sql) => database.knex.raw(sql));

  test('a call adds to new and to existing counters and returns their new values', async () => {
    const [first, second] = ids;
    assert.deepEqual(await add([], 1), []);
    assert.equal(told(await add(ids.slice(1), 5), second), 5n);
    const both = await add(ids.toReversed(), 7);
    assert.deepEqual([told(both, first), told(both, second)], [7n, 12n]);
    assert.deepEqual([await client.counters(ids[0] ?? ''), await client.counters(ids[1] ?? '')], [{ 0: 7 }, { 0: 12 }]);
  });

  testOnServer('additions are kept when another transaction creates the counter at the same time', async () => {
    const [first = '', second = ''] = ids;
    await add([second], 1);
    const holder = await database.knex.transaction();
    await holder('integration_counters').where({ subscription_id: second }).forUpdate();
    // This call has passed the first counter, which does not exist yet, and waits for the second.
    const both = add(ids, 7);
    let one: Promise<Counter[]> | undefined;
    try {
      await eventually(async () => (await waiting()) === 1);
      let isAdded = false;
      one = add([first], 100).finally(() => {
        isAdded = true;
      });
      await eventually(async () => isAdded || (await waiting()) === 2);
    } finally {
      await holder.commit();
    }
    const [counters, [counter] = []] = await Promise.all([both, one]);
    assert.deepEqual(await client.counters(first), { 0: 107 });
    assert.deepEqual(await client.counters(second), { 0: 8 });
    // Each call returns the value after its own addition, in either order.
    const before = [(told(counters, first) ?? 0n) - 7n, (counter?.used ?? 0n) - 100n];
    assert.deepEqual(before, before[0] === 0n ? [0n, 7n] : [100n, 0n]);
    assert.equal(told(counters, second), 8n);
  });

  test('a call adds to more counters than a statement takes, each in its own cycle', async () => {
    const increments = Array.from({ length: 1100 }, (_, cycle) => ({
      subscriptionId: ids[0] ?? '',
      cycle,
      amount: 1n,
    }));
    const counters = await database.transaction((trx) => createCounterRepository(trx).add(increments));
    assert.equal(counters.length, increments.length);
    assert.equal(Object.keys(await client.counters(ids[0] ?? '')).length, increments.length);
  });
});
