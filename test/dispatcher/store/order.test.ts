import assert from 'node:assert/strict';
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { newClaim, takeLeases } from '../../../src/dispatcher/store/claim.ts';
import { createGateRepository, gateTable } from '../../../src/dispatcher/store/gate-repository.ts';
import { headOf } from '../../../src/dispatcher/store/heads.ts';
import {
  appendToOrder,
  createOrderRepository,
  type Entry,
  moveToEnd,
  orderTable,
  purgeOrder,
} from '../../../src/dispatcher/store/order-repository.ts';
import { never, queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { type QueueState, readQueueState } from '../../../src/dispatcher/store/queue-state.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const now = 1_800_000_000_000_000;
const second = 1_000_000;
const large = 7;
const small = 8;
const backlog = 100_000;
const endpoint = { kind: 'probe', id: 'large' };
const ordered = { endpoint, intervalMicros: 0, ordered: true };

onEveryEngine('statements on orders and gates', ({ name, createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let queries: { sql: string; bindings: readonly unknown[] }[] | undefined;
  let ids: string[];

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
    ids = Array.from({ length: backlog }, () => randomUUID());
    await database.transaction(async (trx) => {
      for (let at = 0; at < backlog; at += 2500) {
        const some = ids.slice(at, at + 2500);
        await insertRows(trx, queueTable, queueColumns, some.map(queueRow(large)));
        await appendToOrder(trx, some.map(entry(large)));
      }
    });
    const others = Array.from({ length: 400 }, (_, index) => 1000 + index);
    await createGateRepository(database.knex, database).insert([large, small, ...others], now);
    if (name === 'mysql') await database.knex.raw(`analyze table ${queueTable}, ${orderTable}, ${gateTable}`);
    else await database.knex.raw('analyze');
    database.knex.on('query', (query: { sql: string; bindings?: unknown[] }) =>
      queries?.push({ sql: query.sql, bindings: query.bindings ?? [] }),
    );
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  const queueRow = (key: number) => (id: string, index: number) => [
    ...[id, key, 'probe', `endpoint-${key}`, now - 1000 * second + index, 0, 0, 0, 0, 0],
  ];
  const entry = (key: number) => (deliveryId: string) => ({ endpointKey: key, deliveryId });
  const order = () => createOrderRepository(database.knex, database);

  /** Asserts that no statement of `work` reads a table without an index, or the large order or queue in full. */
  async function assertIndexed(work: () => Promise<unknown>): Promise<void> {
    queries = [];
    await work();
    const asked = queries.filter(
      ({ sql }) => /^(select|update|delete)/i.test(sql) && /dispatcher_(order|gates|queue)/.test(sql),
    );
    queries = undefined;
    assert.ok(asked.length > 0);
    for (const { sql, bindings } of asked) {
      const explain = name === 'mysql' ? 'explain format=traditional' : 'explain query plan';
      const plans = database.rows<Record<string, unknown>>(
        await database.knex.raw(`${explain} ${sql}`, bindings as string[]),
      );
      for (const plan of plans) {
        const text = `${JSON.stringify(plan)} of ${sql.slice(0, 400)}`;
        if (name === 'sqlite')
          assert.doesNotMatch(
            String(plan.detail),
            /SCAN (o|q|x|dispatcher_\w+)\b(?!.*(INDEX|INTEGER PRIMARY KEY))/,
            text,
          );
        else if (/^(o|q|x|dispatcher_)/.test(String(plan.table))) {
          assert.match(String(plan.type), /^(const|eq_ref|ref|range)$/, text);
          assert.doesNotMatch(String(plan.Extra ?? ''), /filesort|temporary/i, text);
        }
      }
    }
  }

  async function claim(keys: readonly number[]) {
    const claim = newClaim(now + 20 * second);
    const wants = keys.map((endpointKey) => ({ endpointKey, take: 8, gate: { ...ordered } }));
    await takeLeases(database, claim, wants, now);
    return claim;
  }

  test('a claim out of a backlog of 100,000 reads a few rows by indexes, and leases the head alone', async () => {
    const first = await claim([large]);
    assert.deepEqual(
      first.rows.map((row) => row.delivery_id),
      [ids[0]],
    );
    const second = await claim([large]);
    assert.deepEqual(second.rows, []);
    assert.equal(second.turns[0]?.isRestrained, true);
    await assertIndexed(() => claim([large, small]));
    await database.knex(queueTable).update({ lease_token: 0, lease_until: 0 }).where({ delivery_id: ids[0] });
    await assertIndexed(() => claim([large, small]));
  });

  test('looking for deliveries without a place, and removing places, reads by indexes', async () => {
    await assertIndexed(() => order().strangers(large, now, 500));
    await assertIndexed(() => order().after(0, 500));
    await assertIndexed(() => order().hasEntries(small));
    await assertIndexed(() => order().idsOf(small));
    await assertIndexed(() =>
      database.transaction((trx) =>
        createOrderRepository(trx, database).removeUnlocked([{ delivery_id: randomUUID(), position: 1 }]),
      ),
    );
    await assertIndexed(() => createGateRepository(database.knex, database).purge(0));
  });

  test('deliveries that wait for their turn do not count as due', async () => {
    const state = (): Promise<QueueState> => readQueueState(database, now);
    assert.deepEqual(await state(), { due: 0, oldestDueAge: 0 });
    await insertRows(database.knex, queueTable, queueColumns, [queueRow(13)(randomUUIDv7(), 0)]);
    assert.deepEqual(await state(), { due: 1, oldestDueAge: 1000 * second });
    await database.knex(queueTable).where({ endpoint_key: 13 }).delete();
  });

  test('concurrent claims lease one head', async () => {
    const key = 11;
    const [one = '', two = ''] = Array.from({ length: 2 }, () => randomUUIDv7());
    await createGateRepository(database.knex, database).insert([key], 0);
    await insertRows(database.knex, queueTable, queueColumns, [one, two].map(queueRow(key)));
    await appendToOrder(database.knex, [one, two].map(entry(key)));
    const claims = await Promise.all(Array.from({ length: 4 }, () => claim([key])));
    assert.deepEqual(
      claims.flatMap(({ rows }) => rows.map((row) => row.delivery_id)),
      [one],
    );
  });

  test('a claim leases as many rows as the limit allows, and makes up for attempts that were not made', async () => {
    const key = 14;
    const gate = { endpoint, intervalMicros: 10 * second, ordered: false };
    await createGateRepository(database.knex, database).insert([key], now);
    const rows = Array.from({ length: 5 }, () => randomUUIDv7()).map(queueRow(key));
    await insertRows(database.knex, queueTable, queueColumns, rows);
    const leased = async (time: number, unused = 0): Promise<number> => {
      const claim = newClaim(time + 20 * second);
      await takeLeases(database, claim, [{ endpointKey: key, take: 4, gate, unused }], time);
      return claim.rows.length;
    };
    assert.equal(await leased(now), 1);
    assert.equal(await leased(now + second), 0);
    assert.equal(await leased(now + second, 1), 1);
    assert.equal(await leased(now + 9 * second), 0);
    assert.equal(await leased(now + 10 * second), 1);
    await database.knex(queueTable).where({ endpoint_key: key }).delete();
  });

  test('the delivery whose attempt has begun stays the head, also before one with a smaller position', () => {
    const leases = { from: now, to: never };
    const at = (position: number, more: Partial<Entry> = {}): Entry => ({
      ...{ position, endpoint_key: small, delivery_id: `d${position}`, due_at: now, lease_until: 0, ...more },
    });
    assert.equal(headOf([at(1), at(2), at(3)], 0, now, leases).entry?.position, 1);
    assert.equal(headOf([at(1), at(2), at(3)], 2, now, leases).entry?.position, 2);
    const retry = headOf([at(1), at(2, { due_at: now + 5 })], 2, now, leases);
    assert.deepEqual([retry.entry, retry.freeAt, retry.isEmpty], [undefined, now + 5, false]);
    const busy = headOf([at(1), at(2, { lease_until: now + 9 })], 0, now, leases);
    assert.deepEqual([busy.entry, busy.freeAt], [undefined, now + 9]);
    assert.equal(headOf([at(1), at(2, { lease_until: now })], 0, now, leases).entry?.position, 1);
    const settled = headOf([at(1, { due_at: null }), at(2)], 1, now, leases);
    assert.deepEqual([settled.entry?.position, settled.settled.length], [2, 1]);
    assert.deepEqual(headOf([], 1, now, leases).isEmpty, true);
    assert.deepEqual(headOf([at(1, { due_at: never })], 1, now, leases).isHeld, true);
  });

  test('a settled delivery that is sent again moves to the end, and entries and gates without use are purged', async () => {
    const key = 12;
    const some = Array.from({ length: 3 }, () => randomUUIDv7());
    await insertRows(database.knex, queueTable, queueColumns, some.map(queueRow(key)));
    await appendToOrder(database.knex, some.map(entry(key)));
    const [first = '', last = ''] = some;
    await database.transaction((trx) => moveToEnd(trx, database, { endpointKey: key, deliveryId: first }));
    const inOrder = (): Promise<string[]> =>
      database.knex(orderTable).where({ endpoint_key: key }).orderBy('position').pluck('delivery_id');
    assert.deepEqual(await inOrder(), [...some.slice(1), first]);
    // The purge looks at the oldest entries.
    await database.knex(orderTable).where({ endpoint_key: large }).delete();
    await database.knex(queueTable).where({ delivery_id: last }).delete();
    await createGateRepository(database.knex, database).insert([key], 5);
    await createGateRepository(database.knex, database).purge(6);
    await purgeOrder(database);
    assert.deepEqual(await inOrder(), [some[2], first]);
    const keys: number[] = await database.knex(gateTable).pluck('endpoint_key');
    assert.ok(!keys.includes(key) && keys.includes(large));
  });
});
