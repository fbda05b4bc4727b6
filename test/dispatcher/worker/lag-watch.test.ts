import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { never, queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { createLagWatch, type LagWatch } from '../../../src/dispatcher/worker/lag-watch.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const second = 1_000_000;
const start = 1_800_000_000 * second;

onEveryEngine('the lag watch', ({ createDatabase, testOnServer }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let time: number;
  let capped: Set<number>;
  let watch: LagWatch;

  before(async () => {
    testDatabase = await createDatabase();
    // A single connection: its counters on the server cover all queries.
    database = await openDispatcherTables(testDatabase, 1);
  });
  beforeEach(async () => {
    await database.knex(queueTable).delete();
    time = start;
    capped = new Set();
    watch = createLagWatch({ database, now: () => time, maxLagMs: 60_000, capped: () => capped });
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  async function queue(rows: readonly { key: number; dueAt: number; leaseUntil?: number }[]): Promise<void> {
    const values = rows.map(({ key, dueAt, leaseUntil = 0 }) => [
      ...[randomUUID(), key, 'probe', `endpoint-${key}`, dueAt],
      ...[dueAt === never ? 1 : 0, leaseUntil, 0, 0, 0],
    ]);
    for (let at = 0; at < values.length; at += 1000)
      await insertRows(database.knex, queueTable, queueColumns, values.slice(at, at + 1000));
  }

  const minutesAgo = (minutes: number): number => start - minutes * 60 * second;

  test('a dispatcher keeps up while no delivery has been due for longer than the limit', async () => {
    assert.equal(await watch.keepsUp(), true);
    await queue([
      { key: 1, dueAt: minutesAgo(0.9) },
      { key: 2, dueAt: start + second },
    ]);
    assert.equal(await watch.keepsUp(), true);
    time += 7 * second;
    assert.equal(await watch.keepsUp(), false);
  });

  test('held and leased rows do not count, and a lapsed lease counts from its end', async () => {
    await queue([
      { key: 1, dueAt: never },
      { key: 2, dueAt: minutesAgo(5), leaseUntil: start + second },
      { key: 3, dueAt: minutesAgo(5), leaseUntil: minutesAgo(0.5) },
    ]);
    assert.equal(await watch.keepsUp(), true);
    time += 31 * second;
    assert.equal(await watch.keepsUp(), false);
  });

  test('a row behind others that are under a lease counts', async () => {
    const leased = Array.from({ length: 20 }, () => ({ key: 1, dueAt: minutesAgo(5), leaseUntil: start + second }));
    await queue([...leased, { key: 1, dueAt: minutesAgo(4) }]);
    assert.equal(await watch.keepsUp(), false);
    await database
      .knex(queueTable)
      .where({ due_at: minutesAgo(4) })
      .delete();
    assert.equal(await watch.keepsUp(), true);
  });

  test('an endpoint counts from when it was last seen at its limit', async () => {
    await queue([{ key: 1, dueAt: minutesAgo(60) }]);
    capped.add(1);
    watch.look();
    capped.clear();
    time += 59 * second;
    assert.equal(await watch.keepsUp(), true);
    time += second;
    assert.equal(await watch.keepsUp(), false);
    capped.add(1);
    assert.equal(await watch.keepsUp(), true);
  });

  test('each query continues where the last one ended, and a lagging endpoint stays known', async () => {
    const keys = Array.from({ length: 5600 }, (_, index) => index + 1);
    await queue(keys.map((key) => ({ key, dueAt: minutesAgo(2) })));
    capped = new Set(keys.filter((key) => key !== 5300));
    const answers = [await watch.keepsUp(), await watch.keepsUp(), await watch.keepsUp()];
    assert.deepEqual(answers, [true, false, false]);
    await database.knex(queueTable).where({ endpoint_key: 5300 }).delete();
    assert.equal(await watch.keepsUp(), true);
  });

  testOnServer('the backlog of an endpoint at its limit is not scanned', async () => {
    await queue(Array.from({ length: 20_000 }, (_, index) => ({ key: 5, dueAt: minutesAgo(90) + index })));
    await queue([1, 9].map((key) => ({ key, dueAt: minutesAgo(2) })));
    await database.knex.raw(`analyze table ${queueTable}`);
    capped = new Set([1, 5, 9]);
    const before = await rowsRead();
    assert.equal(await watch.keepsUp(), true);
    capped.delete(9);
    time += 61 * second;
    capped = new Set([1, 5]);
    assert.equal(await watch.keepsUp(), false);
    const read = (await rowsRead()) - before;
    assert.ok(read > 0 && read < 500, `${read} rows were read`);
  });

  /** Rows that the connection has read so far from tables and indexes. */
  async function rowsRead(): Promise<number> {
    const counts = database.rows<{ Variable_name: string; Value: string }>(
      await database.knex.raw("show session status like 'Handler_read%'"),
    );
    return counts.reduce((sum, { Value }) => sum + Number(Value), 0);
  }
});
