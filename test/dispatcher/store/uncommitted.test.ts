import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import type { Claimed } from '../../../src/dispatcher/model/delivery.ts';
import { endpointKey } from '../../../src/dispatcher/model/endpoint.ts';
import { createQueueRepository, queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { engines } from '../../support/engines.ts';

const token = 4711;
const endpoint = { kind: 'probe', id: 'one' };

const rowOf = (id: string): Record<string, unknown> => ({
  delivery_id: id,
  endpoint_key: endpointKey(endpoint),
  endpoint_kind: endpoint.kind,
  endpoint_id: endpoint.id,
  due_at: 1,
  held: 0,
  lease_token: token,
  lease_until: 2,
  attempt_count: 0,
  retries: 0,
  unknowns: 0,
});

// Servers only: the embedded database has one connection, so transactions never overlap.
describe('a short queue with uncommitted rows of other transactions', {
  skip: !engines.some(({ name }) => name === 'mysql'),
}, () => {
  let testDatabase: TestDatabase;
  let database: Database;
  const ids = Array.from({ length: 20 }, (_, index) => `leased-${index}`);

  before(async () => {
    const engine = engines.find(({ name }) => name === 'mysql');
    if (!engine) return;
    testDatabase = await engine.createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
    await database.knex(queueTable).insert([...ids, 'waiting'].map(rowOf));
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  /** Runs `work` in a transaction beside one with a new uncommitted row, and rolls back both. */
  async function besideAnother<T>(work: (queue: ReturnType<typeof createQueueRepository>) => Promise<T>): Promise<T> {
    const other = await database.knex.transaction();
    const own = await database.knex.transaction();
    try {
      await other(queueTable).insert(rowOf('not-committed'));
      await own.raw('set session innodb_lock_wait_timeout = 1');
      return await work(createQueueRepository(own, database));
    } finally {
      await own.rollback();
      await other.rollback();
    }
  }

  test('removing settled rows does not wait for the uncommitted row', async () => {
    const leases = ids.map((id) => ({ id, leaseToken: token }) as Claimed);
    assert.equal(await besideAnother((queue) => queue.removeLeased(leases)), ids.length);
    assert.equal(await besideAnother((queue) => queue.removeLeased([])), 0);
  });

  test('giving back leases does not wait for the uncommitted row', async () => {
    const leases = ids.map((id) => ({ id, leaseToken: token }) as Claimed);
    assert.deepEqual(await besideAnother((queue) => queue.returnLeases(leases)), []);
  });
});
