import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { insertRows } from '../../src/database/insert-rows.ts';
import { migrate } from '../../src/database/migrations.ts';
import { createDispatcherMetrics } from '../../src/dispatcher/dispatcher-metrics.ts';
import { queueTable } from '../../src/dispatcher/store/queue-repository.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { queueColumns } from '../support/queue-columns.ts';

const second = 1_000_000;
const start = 1_800_000_000 * second;

onEveryEngine("the dispatcher's metrics", ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  before(async () => {
    testDatabase = await createDatabase();
    const { DATABASE_URL = '' } = testDatabase.env;
    database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
    const directory = join(import.meta.dirname, '..', '..', 'migrations', 'dispatcher');
    await migrate(database, [{ name: 'dispatcher', directory }]);
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  test('the metrics show the current queue at each reading', async () => {
    let time = start;
    const registry = createMetricsRegistry();
    createDispatcherMetrics({ registry, database, now: () => time, inFlight: () => 3 });
    const seen = async () => {
      const text = await registry.metrics();
      const numberOf = (name: string) =>
        Number(new RegExp(`^hookgate_dispatcher_${name} (\\S+)$`, 'm').exec(text)?.[1]);
      return { due: numberOf('due'), age: numberOf('oldest_due_age_seconds'), inFlight: numberOf('in_flight') };
    };
    assert.deepEqual(await seen(), { due: 0, age: 0, inFlight: 3 });
    const rows = [start - 90 * second, start - second, start + second].map((dueAt, key) => [
      ...[randomUUID(), key, 'probe', `endpoint-${key}`, dueAt],
      ...[0, 0, 0, 0, 0],
    ]);
    await insertRows(database.knex, queueTable, queueColumns, rows);
    assert.deepEqual(await seen(), { due: 2, age: 90, inFlight: 3 });
    time += 2 * second;
    assert.deepEqual(await seen(), { due: 3, age: 92, inFlight: 3 });
  });
});
