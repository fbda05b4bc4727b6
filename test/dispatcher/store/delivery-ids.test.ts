import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import { insertDeliveries } from '../../../src/dispatcher/store/enqueue.ts';
import { timeOfId } from '../../../src/dispatcher/store/id-times.ts';
import type { NewDelivery } from '../../../src/plugin.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';

const acceptedAt = 1_800_000_000_000_000;

onEveryEngine('ids of the deliveries of one call', ({ createDatabase }) => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    database = await openDispatcherTables(own, 2);
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  const accept = (more: (index: number) => Partial<NewDelivery>) =>
    database.transaction((trx) =>
      insertDeliveries(
        trx,
        Array.from({ length: 600 }, (_, index) => ({
          ...{ organization: 'ids-org', endpoint: { kind: 'probe', id: 'one' }, type: 't', payload: '{}' },
          ...more(index),
        })),
        acceptedAt,
        { leaseFor: () => undefined, left: new Set<number>() },
      ),
    );

  test('they ascend, and so do the ids of their events', async () => {
    const ids = (await accept((index) => ({ payload: JSON.stringify({ index }) }))).map(({ id }) => id);
    assert.equal(new Set(ids).size, 600);
    assert.deepEqual(ids, ids.toSorted());
    const payloads = await database
      .knex('dispatcher_events')
      .where({ organization: 'ids-org' })
      .orderBy('id')
      .pluck('payload');
    assert.deepEqual(
      payloads.map((payload) => JSON.parse(payload).index),
      Array.from({ length: 600 }, (_, index) => index),
    );
  });

  test('they have the time of acceptance, also if the clock of the machine is another', async () => {
    const ids = (await accept(() => ({}))).map(({ id }) => id);
    assert.deepEqual([...new Set(ids.map((id) => timeOfId(id)))], [acceptedAt]);
  });

  test('they are greater than the id of their event, also if that is of another clock', async () => {
    const eventId = 'fffffffe-ffff-7fff-bfff-fffffffffff0';
    const ids = (await accept(() => ({ eventId }))).map(({ id }) => id);
    assert.equal(new Set(ids).size, 600);
    assert.deepEqual([eventId, ...ids], [eventId, ...ids].toSorted());
  });
});
