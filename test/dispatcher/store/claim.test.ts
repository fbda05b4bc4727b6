import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Database, Knex } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { endpointKey } from '../../../src/dispatcher/model/endpoint.ts';
import { lockDueRows, type Want } from '../../../src/dispatcher/store/due-rows.ts';
import { createEndpointQueue } from '../../../src/dispatcher/store/endpoint-queue.ts';
import { createLaterRows } from '../../../src/dispatcher/store/later-rows.ts';
import {
  createQueueRepository,
  type QueueRepository,
  queueTable,
} from '../../../src/dispatcher/store/queue-repository.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { engines } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const endpoints = 1000;
const rows = 50_000;
const now = 1_800_000_000_000_000;
const hour = 3_600_000_000;
const keyOf = (index: number): number => endpointKey({ kind: 'probe', id: `endpoint-${index}` });

interface Plan {
  table: string | null;
  type: string;
  key: string | null;
  key_len: string | null;
  rows: string | number | null;
  Extra: string | null;
}

// Servers only: the plans are in their format. The embedded database has the same indexes and one process.
describe('queries of the claim', { skip: !engines.some(({ name }) => name === 'mysql') }, () => {
  const engine = engines.find(({ name }) => name === 'mysql');
  let testDatabase: TestDatabase;
  let database: Database;
  let queries: { sql: string; bindings: readonly unknown[] }[];

  before(async () => {
    if (!engine) return;
    testDatabase = await engine.createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
    for (let at = 0; at < rows; at += 2500) await insertRows(database.knex, queueTable, queueColumns, block(at, 2500));
    await database.knex.raw(`analyze table ${queueTable}`);
    database.knex.on('query', (query: { sql: string; bindings?: unknown[] }) =>
      queries?.push({ sql: query.sql, bindings: query.bindings ?? [] }),
    );
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  /** Queue rows: a third of them due, the others later; one endpoint has a fifth of all. */
  const block = (from: number, count: number): unknown[][] =>
    Array.from({ length: count }, (_, offset) => {
      const index = from + offset;
      const endpoint = index % 5 === 0 ? 0 : index % endpoints;
      const due = index % 3 === 0 ? now - index * 1000 : now + hour + index * 1000;
      return [randomUUID(), keyOf(endpoint), 'probe', `endpoint-${endpoint}`, due, 0, 0, 0, 0, 0];
    });

  const plansOf = (ask: (queue: QueueRepository) => Promise<unknown>): Promise<Plan[]> =>
    plansIn((trx) => ask(createQueueRepository(trx, database)));

  async function plansIn(ask: (trx: Knex.Transaction) => Promise<unknown>): Promise<Plan[]> {
    queries = [];
    await database.transaction(ask);
    const [asked] = queries.filter(({ sql }) => sql.includes(queueTable));
    assert.ok(asked);
    const bindings = asked.bindings as string[];
    const plans = database.rows<Plan>(await database.knex.raw(`explain format=traditional ${asked.sql}`, bindings));
    return plans.filter(({ table }) => table === queueTable);
  }

  function assertIndexed(plans: readonly Plan[], mostRows: number): void {
    assert.ok(plans.length > 0);
    for (const plan of plans) {
      const text = JSON.stringify(plan);
      assert.match(plan.type, /^(range|ref)$/, text);
      assert.doesNotMatch(plan.Extra ?? '', /filesort|temporary/i, text);
      assert.ok(plan.key !== null && Number(plan.rows) <= mostRows, text);
    }
  }

  const wantsOf = (count: number, hasMore: boolean): Want[] =>
    Array.from({ length: count }, (_, index) => ({ endpointKey: keyOf(index), take: 8, hasMore }));

  test('a claim reads the first due rows of each endpoint with many rows from the index', async () => {
    const wants = wantsOf(50, true);
    const plans = await plansIn((trx) => lockDueRows(trx, database, { wants, now }));
    assert.equal(plans.length, 50);
    assertIndexed(plans, rows / 3);
    assert.ok(
      plans.every(({ key }) => key === 'dispatcher_queue_endpoint_key_due_at'),
      JSON.stringify(plans[0]),
    );
  });

  test('a claim reads the due rows of other endpoints as ranges of the same index, without their later rows', async () => {
    const wants = wantsOf(200, false);
    const [plan, ...others] = await plansIn((trx) => lockDueRows(trx, database, { wants, now }));
    assert.deepEqual(others, []);
    assertIndexed([plan as Plan], rows / 3);
    // Both columns of the index: 8 bytes each.
    assert.deepEqual([plan?.type, plan?.key, plan?.key_len], ['range', 'dispatcher_queue_endpoint_key_due_at', '16']);
  });

  test('recently due rows are read as a range of the index on the due time', async () => {
    const plans = await plansOf((queue) => queue.dueBetween(now - 1_000_000, now, 1000));
    assertIndexed(plans, 2000);
    assert.equal(plans[0]?.key, 'dispatcher_queue_due_at_endpoint_key');
  });

  test('rows that are due too late are read as a range of the index on the due time', async () => {
    const plans = await plansIn((trx) => createLaterRows(trx, database).find(now + 10 * hour, 500));
    assertIndexed(plans, 10);
    assert.equal(plans[0]?.key, 'dispatcher_queue_due_at_endpoint_key');
  });

  test('listing endpoints skips from one to the next in the index', async () => {
    const plans = await plansOf((queue) => queue.endpointsAfter(-1, 500));
    assertIndexed(plans, 2 * endpoints + 2);
    assert.match(plans[0]?.Extra ?? '', /Using index for group-by/);
  });

  test('two concurrent claims never take the same rows, and neither waits for the other', async () => {
    const wants = wantsOf(20, true);
    const claim = (inside: () => Promise<unknown>): Promise<string[]> =>
      database.transaction(async (trx) => {
        const found = await lockDueRows(trx, database, { wants, now });
        await inside();
        return found.map((row) => row.delivery_id);
      });
    let second: string[] = [];
    const first = await claim(async () => {
      second = await claim(async () => undefined);
    });
    assert.ok(first.length > 0 && second.length > 0);
    assert.equal(new Set([...first, ...second]).size, first.length + second.length);
  });

  test('held rows are found by one index access for each endpoint, regardless of their number', async () => {
    const never = Number.MAX_SAFE_INTEGER;
    const held = (count: number): unknown[][] =>
      block(0, count).map((row) => row.map((value, column) => (column === 4 ? never : value)));
    for (let left = 8; left > 0; left -= 1) await insertRows(database.knex, queueTable, queueColumns, held(2500));
    await database.knex.raw(`analyze table ${queueTable}`);
    const keys = Array.from({ length: endpoints }, (_, index) => keyOf(index)).sort((one, other) => one - other);
    for (const after of [-1, keys[500] ?? 0, keys[990] ?? 0]) {
      const [plan, ...others] = await plansIn((trx) => createEndpointQueue(trx, database).heldAfter(after, 1));
      assert.deepEqual(others, []);
      // Both columns of the index: 8 bytes each.
      assert.deepEqual([plan?.type, plan?.key, plan?.key_len], ['range', 'dispatcher_queue_due_at_endpoint_key', '16']);
      assert.doesNotMatch(plan?.Extra ?? '', /filesort|temporary/i);
    }
    const queue = createEndpointQueue(database.knex, database);
    const known = new Set(held(2500).map((row) => row[1]));
    const found = await queue.heldAfter(-1, endpoints);
    assert.deepEqual(
      found.map(({ endpointKey }) => endpointKey),
      keys.filter((key) => known.has(key)),
    );
  });
});
