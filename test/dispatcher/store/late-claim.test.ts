import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { migrate } from '../../../src/database/migrations.ts';
import { newClaim, takeLeases } from '../../../src/dispatcher/store/claim.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const time = 1_800_000_000_000_000;

onEveryEngine('late answers to a claim', ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  before(async () => {
    testDatabase = await createDatabase();
    database = openDatabase({
      DATABASE_URL: testDatabase.env.DATABASE_URL ?? '',
      DATABASE_POOL_MAX: 4,
      DATABASE_SSL: 'off',
    });
    const directory = join(import.meta.dirname, '..', '..', '..', 'migrations', 'dispatcher');
    await migrate(database, [{ name: 'dispatcher', directory }]);
    const row = () => [randomUUID(), 1, 'probe', 'slow', time - 1, 0, 0, 0, 0, 0];
    await insertRows(database.knex, queueTable, queueColumns, [row(), row(), row()]);
  });
  after(async () => {
    mock.timers.reset();
    await database.close();
    await testDatabase.drop();
  });

  test('a claim that timed out leases nothing', async () => {
    const answered = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let ended: Promise<unknown> = Promise.resolve();
    /** A database that stalls before the claim's first statement. */
    const silent: Database = {
      ...database,
      transaction: (work) => {
        const transaction = database.transaction(async (trx) => {
          begun.resolve();
          await answered.promise;
          return work(trx);
        });
        ended = transaction.catch(() => undefined);
        return transaction;
      },
    };
    const claim = newClaim(time + 20_000_000);
    const wants = [{ endpointKey: 1, take: 8 }];
    mock.timers.enable({ apis: ['setTimeout'] });
    const taken = takeLeases(silent, claim, wants, time);
    mock.timers.tick(10_000);
    mock.timers.reset();
    await assert.rejects(taken, { code: 'DATABASE_UNAVAILABLE' });
    await begun.promise;
    answered.resolve();
    await ended;
    const tokens = await database.read((db) => db(queueTable).pluck('lease_token'));
    assert.deepEqual(tokens, [0, 0, 0]);
    assert.deepEqual(claim.rows, []);
    await takeLeases(database, claim, wants, time);
    assert.equal(claim.rows.length, 3);
  });
});
