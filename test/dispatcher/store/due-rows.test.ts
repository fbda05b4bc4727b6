import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { lockDueRows, type Want } from '../../../src/dispatcher/store/due-rows.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const now = 1_800_000_000_000_000;
const [few, flooded, later] = [3, 2000, 4000];

onEveryEngine('due rows of several endpoints', ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let statements: number;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 2);
    await insertRows(database.knex, queueTable, queueColumns, [
      ...Array.from({ length: 50 }, (_, key) => rowsOf(100 + key, few, -1)).flat(),
      // The smallest keys come first in the index.
      ...rowsOf(1, flooded, -1),
      ...rowsOf(2, later, 1),
    ]);
    database.knex.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes(queueTable)) statements += 1;
    });
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  /** The latest one first. */
  const rowsOf = (key: number, count: number, direction: 1 | -1): unknown[][] =>
    Array.from({ length: count }, (_, index) => [
      ...[randomUUID(), key, 'probe', `endpoint-${key}`, now + direction * (index + 1) * 1000],
      ...[0, 0, 0, 0, 0],
    ]);

  const keys = Array.from({ length: 50 }, (_, index) => 149 - index);
  const want = (endpointKey: number): Want => ({ endpointKey, take: 2 });

  async function countsOf(wants: readonly Want[]): Promise<[number, number][]> {
    statements = 0;
    const rows = await database.transaction((trx) => lockDueRows(trx, database, { wants, now }));
    for (const [key, own] of Map.groupBy(rows, (row) => row.endpoint_key)) {
      const ages = own.map(({ due_at: dueAt }) => (now - dueAt) / 1000);
      const oldest = key === 1 ? flooded : few;
      assert.deepEqual(ages, [oldest, oldest - 1].slice(0, ages.length), `the first rows of endpoint ${key}`);
    }
    return [...Map.groupBy(rows, (row) => row.endpoint_key)].map(([key, own]) => [key, own.length]);
  }

  test('as many as are wanted of each endpoint, in its order, and the endpoints in the order of their turns', async () => {
    assert.deepEqual(
      await countsOf(keys.map(want)),
      keys.map((key) => [key, 2]),
    );
    assert.equal(statements, 1);
  });

  test('an endpoint with many due rows leaves none of the others without theirs', async () => {
    const all = [149, 1, ...keys.slice(1)];
    assert.deepEqual(
      await countsOf(all.map(want)),
      all.map((key) => [key, 2]),
    );
    const known = all.map((key) => ({ ...want(key), hasMore: key === 1 }));
    assert.deepEqual(
      await countsOf(known),
      all.map((key) => [key, 2]),
    );
    assert.equal(statements, 1);
  });

  test('rows that fall due later take no room', async () => {
    assert.deepEqual(await countsOf([2, 100].map(want)), [[100, 2]]);
    assert.equal(statements, 1);
  });
});
