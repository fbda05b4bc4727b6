import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, mock, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { newClaim, takeLeases } from '../../../src/dispatcher/store/claim.ts';
import { newLeaseToken } from '../../../src/dispatcher/store/lease-token.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { createLeaseWindow } from '../../../src/dispatcher/worker/lease-window.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const time = 1_800_000_000_000_000;
const dayMicros = 24 * 3_600_000_000;

/** The part of the corrected clock that says when it has moved. */
function createMovingClock() {
  const listeners: ((micros: number) => void)[] = [];
  return {
    ...{ now: () => time, hasJumped: false, measure: async () => {}, keep: async () => {} },
    onMove: (listener: (micros: number) => void): void => void listeners.push(listener),
    move(micros: number): void {
      for (const listener of listeners) listener(micros);
    },
  };
}

onEveryEngine('late answers to a claim', ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
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

  test('a claim during which the clock moves leases nothing, and the next one does', async () => {
    const clock = createMovingClock();
    const windowAt = createLeaseWindow(clock, 20_000_000);
    const begun = { token: newLeaseToken(), until: time - dayMicros + 20_000_000 };
    const row = [randomUUID(), 2, 'probe', 'moving', time - dayMicros, 0, begun.until, 0, 0, 0, begun.token];
    const wants = [{ endpointKey: 2, take: 8 }];
    /** The clock is set a day back, and an attempt begins by it, after the claim has read the time. */
    const moving: Database = {
      ...database,
      transaction: async (work) => {
        clock.move(-dayMicros);
        await insertRows(database.knex, queueTable, [...queueColumns, 'lease_token'], [row]);
        return database.transaction(work);
      },
    };
    const claim = newClaim(time + 20_000_000);
    await takeLeases(moving, claim, wants, time, windowAt(time));
    assert.deepEqual(claim.rows, []);
    const stored = () => database.read((db) => db(queueTable).where({ endpoint_key: 2 }).first());
    assert.equal((await stored()).lease_token, begun.token);

    const inForce = newClaim(time - dayMicros + 20_000_000);
    await takeLeases(database, inForce, wants, time - dayMicros + 1, windowAt(time - dayMicros + 1));
    assert.deepEqual(inForce.rows, []);
    const lapsed = newClaim(time + 20_000_000);
    await takeLeases(database, lapsed, wants, begun.until + 1, windowAt(begun.until + 1));
    assert.equal(lapsed.rows.length, 1);
  });
});
