import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import type { Claimed } from '../../../src/dispatcher/model/delivery.ts';
import { newClaim, takeLeases, toClaimed } from '../../../src/dispatcher/store/claim.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { turnTokens } from '../../../src/dispatcher/store/turn-tokens.ts';
import { createStarts } from '../../../src/dispatcher/worker/starts.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const time = 1_800_000_000_000_000;

onEveryEngine('the beginning of attempts', ({ createDatabase, serverUrl }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let endpoints = 0;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
  });
  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  /** Inserts rows of an endpoint of their own, and claims them. */
  async function claim(count: number): Promise<Claimed[]> {
    endpoints += 1;
    const rows = Array.from({ length: count }, () => [randomUUID(), endpoints, 'probe', 'e', time - 1, 0, 0, 0, 0, 0]);
    await insertRows(database.knex, queueTable, queueColumns, rows);
    const made = newClaim(time + 20_000_000);
    await takeLeases(database, made, [{ endpointKey: endpoints, take: count }], time);
    return made.rows.map((row) => toClaimed(row, made));
  }

  /** The ids of the rows that begin, or wait again, and of the locked ones. The rows keep their tokens. */
  async function turn(rows: readonly Claimed[], through = database): Promise<string[][]> {
    const { turned, locked } = await turnTokens(
      through,
      rows.map((row) => ({ ...row })),
    );
    return [idsOf(turned), idsOf(locked)];
  }

  const idsOf = (rows: Iterable<Claimed>): string[] => [...rows].map(({ id }) => id);

  const tokenOf = async ({ id }: Claimed): Promise<number> =>
    (await database.read((db) => db(queueTable).where({ delivery_id: id }).first('lease_token'))).lease_token;

  test('all rows of several claims begin with one statement, and may be stored again', async () => {
    const rows = [...(await claim(3)), ...(await claim(2))];
    for (let times = 0; times < 2; times += 1) assert.deepEqual(await turn(rows), [idsOf(rows), []]);
    for (const row of rows) assert.equal(await tokenOf(row), -row.leaseToken);
  });

  test('a row under another lease does not begin, not even beside the same row under that lease', async () => {
    const [kept, lost] = (await claim(2)) as [Claimed, Claimed];
    const taken = { ...lost, leaseToken: -4711 };
    await database.transaction((trx) => trx(queueTable).where({ delivery_id: lost.id }).update({ lease_token: -4711 }));
    assert.deepEqual(await turn([kept, lost]), [[kept.id], []]);
    const { turned } = await turnTokens(database, [lost, { ...taken }]);
    assert.ok(!turned.has(lost));
    assert.deepEqual([...(await turnTokens(database, [taken])).turned], [taken]);
    assert.deepEqual([taken.leaseToken, await tokenOf(taken)], [4711, 4711]);
  });

  test('a row whose attempt has begun waits again', async () => {
    const rows = await claim(2);
    for (const sign of [1, -1]) {
      assert.deepEqual([...(await turnTokens(database, rows)).turned], rows);
      for (const row of rows) assert.deepEqual([await tokenOf(row), Math.sign(row.leaseToken)], [row.leaseToken, sign]);
    }
  });

  // The embedded database has no row locks.
  const onServers = serverUrl ? test : () => undefined;
  onServers('a row that another transaction has locked does not hold up the others', async () => {
    const [locked, free] = (await claim(2)) as [Claimed, Claimed];
    await database.transaction(async (trx) => {
      await trx(queueTable).where({ delivery_id: locked.id }).forUpdate();
      assert.deepEqual(await turn([locked, free], database.reserved), [[free.id], [locked.id]]);
    });
    assert.deepEqual(await turn([locked]), [[locked.id], []]);
  });

  onServers('an attempt waits for the lock of a claim that passes its row, and not for a long one', async () => {
    const [row] = (await claim(1)) as [Claimed];
    const patient = createStarts(database.reserved, 60_000);
    const begins = await database.transaction(async (trx) => {
      await trx(queueTable).where({ delivery_id: row.id }).forUpdate();
      assert.equal(await createStarts(database.reserved, 20).begin({ ...row }), false);
      const later = Promise.resolve(patient.begin(row));
      await sleep(30);
      return { later };
    });
    assert.equal(await begins.later, true);
    assert.equal(await tokenOf(row), row.leaseToken);
  });
});
