import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import type { Database } from '../../../src/database/database.ts';
import type { Claimed, Result } from '../../../src/dispatcher/model/delivery.ts';
import { packBatch, unpackBatch } from '../../../src/dispatcher/store/batch-content.ts';
import { purgeDeliveries } from '../../../src/dispatcher/store/purge.ts';
import { readQueueState } from '../../../src/dispatcher/store/queue-state.ts';
import { writeResults } from '../../../src/dispatcher/store/write-results.ts';
import { closeBatches, createBatchClaims } from '../../../src/dispatcher/worker/batch-claims.ts';
import { createLagWatch } from '../../../src/dispatcher/worker/lag-watch.ts';
import { createLeaseReturns } from '../../../src/dispatcher/worker/lease-returns.ts';
import { createLogOutput } from '../../../src/logger.ts';
import { answered, type Batches, deliveries, leaseMicros, openBatches, start } from '../../support/batches.ts';
import { onEveryEngine } from '../../support/engines.ts';

describe('the content of a batch', () => {
  const batched = (payload: string, id = 'x') => ({ id, endpoint: { kind: 'k', id: 'e' }, type: 't', payload });

  test('a packed batch unpacks to equal deliveries, with all kinds of characters', () => {
    const texts = ['', '\n', '{"a":"\\n"}', 'ü🎯 ', '\ufeffx', `it's \\ "`, 'x'.repeat(70_000), '\n\n'];
    const all = texts.map((text, number) => batched(text, String(number)));
    assert.deepEqual(unpackBatch(packBatch(all)), all);
  });

  test('a packed batch holds a shared payload once', () => {
    const all = Array.from({ length: 100 }, (_, number) => batched('y'.repeat(10_000), String(number)));
    assert.ok(packBatch(all).length < 20_000);
    assert.deepEqual(unpackBatch(packBatch(all)), all);
  });
});

onEveryEngine('deliveries enqueued together', ({ createDatabase, testOnServer }) => {
  let batches: Batches;

  beforeEach(async () => {
    batches = await openBatches(await createDatabase());
  });
  afterEach(async () => {
    mock.timers.reset();
    await batches.close();
  });

  async function take(): Promise<Claimed[]> {
    return (await batches.intake().take(1))?.claimed ?? [];
  }

  async function write(results: readonly Result[]): Promise<readonly Result[]> {
    const written = await writeResults(batches.database, results, batches.clock.time);
    await closeBatches(
      batches.database,
      results.map(({ claimed }) => claimed),
    );
    return written;
  }

  const statusOf = async (id = '') => (await batches.log.read('own', id)).status;
  const list = async (filter: object = {}, limit = 100) =>
    (await batches.log.list({ organization: 'own', ...filter }, limit)).deliveries;
  function leaseReturns() {
    const returned: number[] = [];
    const logger = createLogOutput({ LOG_LEVEL: 'error', LOG_FORMAT: 'json' }).labelled('test');
    const onReturned = (endpointKey: number): void => void returned.push(endpointKey);
    return { returns: createLeaseReturns({ database: batches.database, logger, onReturned }), returned };
  }

  const transaction = <T>(work: Parameters<typeof batches.database.transaction<T>>[0]) =>
    batches.database.transaction(work);

  test('a batch is one row until it is sent, but each of its deliveries is listed and counted', async () => {
    const ids = await batches.enqueue(deliveries(40));
    assert.equal((await batches.rows('batches')).length, 1);
    assert.equal((await batches.rows('deliveries')).length + (await batches.rows('queue')).length, 0);
    const newestFirst = ids.toSorted().toReversed();
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      newestFirst,
    );
    assert.equal((await list({ type: 'odd', endpointId: 'e1' })).length, 4);
    assert.equal((await list({ status: 'pending' })).length, 40);
    for (const none of [{ status: 'in_flight' }, { states: ['failed'] }, { from: start + 1 }, { to: start }])
      assert.deepEqual(await list(none), [], JSON.stringify(none));
    assert.deepEqual((await batches.log.list({ organization: 'other' }, 10)).deliveries, []);
    await assert.rejects(batches.log.read('other', ids[0] ?? ''), /no such delivery/);
    const seventh = await batches.log.read('own', ids[7] ?? '');
    assert.deepEqual(
      [seventh.status, seventh.attemptCount, seventh.payload, seventh.nextAttemptAt],
      ['pending', 0, deliveries(40)[7]?.payload, start],
    );
    assert.deepEqual(await batches.database.read((db) => batches.log.count(db, { organization: 'own' })), 40);
    const backlog = await batches.log.backlog('own');
    assert.deepEqual(
      backlog.map(({ endpoint, waiting }) => [endpoint.id, waiting]).sort(),
      ['e0', 'e1', 'e2', 'e3', 'e4'].map((id) => [id, 8]),
    );
    assert.deepEqual(await readQueueState(batches.database, start + 7), { due: 40, oldestDueAge: 7 });
    await take();
    assert.equal((await list({ status: 'in_flight' })).length, 40);
    assert.deepEqual(await readQueueState(batches.database, start + 7), { due: 0, oldestDueAge: 0 });
  });

  test('pages list each delivery once, from rows and from any number of batches', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 60; round += 1)
      ids.push(...(await batches.enqueue(deliveries(round % 5 === 0 ? 3 : 17))));
    for (const filter of [{}, { type: 'odd' }, { endpointId: 'e4', type: 'odd' }]) {
      const found: string[] = [];
      let pages = 0;
      for (let cursor: string | undefined, isLast = false; !isLast; pages += 1) {
        const page = await batches.log.list({ organization: 'own', ...filter }, 50, cursor);
        found.push(...page.deliveries.map(({ id }) => id));
        cursor = page.next;
        isLast = cursor === undefined;
      }
      const wanted = await batches.database.read((db) => batches.log.count(db, { organization: 'own', ...filter }));
      assert.equal(found.length, wanted);
      assert.deepEqual(found, [...new Set(found)].sort().reverse());
      assert.ok(pages <= ids.length / 50 + 2, String(pages));
    }
  });

  test('a delivery gets a row when it is settled, and its payload stays in the batch', async () => {
    const ids = await batches.enqueue(deliveries(20));
    const claimed = await take();
    assert.deepEqual(
      claimed.map(({ id }) => id),
      ids,
    );
    await write(claimed.slice(0, 12).map((row) => answered(row, 200)));
    assert.equal((await batches.rows('batches')).length, 1);
    assert.equal((await list({ status: 'in_flight' })).length, 8);
    await write(claimed.slice(12).map((row) => answered(row, 404)));
    assert.deepEqual([await batches.rows('batches'), await batches.rows('queue')], [[], []]);
    assert.equal((await list({ status: 'delivered' })).length, 12);
    const last = await batches.log.read('own', ids[19] ?? '');
    assert.deepEqual(
      [last.status, last.attemptCount, last.lastStatus, last.payload, last.attempts.length],
      ['failed', 1, 404, deliveries(20)[19]?.payload, 1],
    );
  });

  test('deliveries of a batch wait in the queue for their retries', async () => {
    const ids = await batches.enqueue(deliveries(20));
    const claimed = await take();
    await write(claimed.map((row, number) => answered(row, number < 5 ? 503 : 200)));
    assert.deepEqual(await batches.rows('batches'), []);
    assert.equal((await batches.rows('queue')).length, 5);
    const retried = await batches.log.read('own', ids[3] ?? '');
    assert.deepEqual(
      [retried.status, retried.attemptCount, retried.lastStatus, retried.payload, retried.nextAttemptAt],
      ['pending', 1, 503, deliveries(20)[3]?.payload, start + 300_000_000],
    );
  });

  test('the open deliveries of a batch pass into the queue when its lease lapses', async () => {
    const ids = await batches.enqueue(deliveries(20));
    const claimed = await take();
    await write(claimed.slice(0, 6).map((row) => answered(row, 200)));
    batches.clock.time += leaseMicros;
    const other = batches.intake();
    const taken = await other.take(1);
    assert.deepEqual(taken?.claimed, []);
    assert.equal(taken?.queued.length, 14);
    assert.equal(await other.take(1), undefined);
    const queue = await batches.rows('queue');
    assert.deepEqual(queue.map((row) => row.delivery_id).sort(), ids.slice(6).sort());
    for (const row of queue) assert.deepEqual([row.lease_token, row.lease_until], [claimed[0]?.leaseToken, 0]);
    assert.equal((await list({ status: 'delivered' })).length, 6);

    // The first process comes back: unclaimed deliveries still carry its lease.
    const claimedSince = ids[10] ?? '';
    await transaction((trx) =>
      trx('dispatcher_queue').where({ delivery_id: claimedSince }).update({ lease_token: 4711 }),
    );
    const late = await write(claimed.slice(6).map((row) => answered(row, 200)));
    assert.equal(late.length, 13);
    assert.deepEqual(
      (await batches.rows('queue')).map((row) => row.delivery_id),
      [claimedSince],
    );
    assert.equal((await batches.log.read('own', claimedSince)).attempts.length, 0);
  });

  test('results written again after a lost response to COMMIT change nothing', async () => {
    await batches.enqueue(deliveries(20));
    const results = (await take()).map((row, number) => answered(row, number === 0 ? 500 : 200));
    await write(results);
    const before = [await batches.rows('deliveries'), await batches.rows('queue'), await batches.rows('attempts')];
    assert.deepEqual(await writeResults(batches.database, results, start + 1), []);
    assert.deepEqual(await writeResults(batches.database, results.slice(1), start + 1), []);
    const after = [await batches.rows('deliveries'), await batches.rows('queue'), await batches.rows('attempts')];
    assert.deepEqual(after, before);
  });

  test('a process that has lost the lease of a batch writes nothing', async () => {
    await batches.enqueue(deliveries(20));
    const claimed = await take();
    await transaction((trx) => trx('dispatcher_batches').update({ lease_token: 4711 }));
    assert.deepEqual(
      await writeResults(
        batches.database,
        claimed.map((row) => answered(row, 200)),
        start,
      ),
      [],
    );
    assert.deepEqual(
      await writeResults(
        batches.database,
        claimed.map((row) => answered(row, 500)),
        start,
      ),
      [],
    );
    const { returns } = leaseReturns();
    returns.add(claimed);
    await returns.giveBack();
    for (const table of ['deliveries', 'queue', 'attempts']) assert.deepEqual(await batches.rows(table), [], table);
  });

  test('returned deliveries become queue rows without attempts', async () => {
    const ids = await batches.enqueue(deliveries(20));
    const claimed = await take();
    const { returns, returned } = leaseReturns();
    returns.add(claimed.slice(0, 9));
    await returns.giveBack();
    assert.equal(returned.length, 9);
    const queue = await batches.rows('queue');
    assert.deepEqual(queue.map((row) => row.delivery_id).sort(), ids.slice(0, 9).sort());
    for (const row of queue) assert.deepEqual([row.lease_token, row.lease_until, row.due_at], [0, 0, start]);
    assert.equal(await statusOf(ids[0]), 'pending');
    assert.equal(await statusOf(ids[9]), 'in_flight');
    returns.add(claimed.slice(9), start + 5);
    await returns.giveBack();
    assert.deepEqual(await batches.rows('batches'), []);
    assert.equal((await batches.log.read('own', ids[9] ?? '')).nextAttemptAt, start + 5);
  });

  test('single deliveries of a batch can be cancelled and sent again until they are in flight', async () => {
    const ids = await batches.enqueue(deliveries(20));
    const [first = '', second = '', third = ''] = ids;
    const cancelled = await transaction((trx) => batches.log.cancel(trx, 'own', first));
    assert.equal(cancelled.status, 'cancelled');
    assert.equal((await transaction((trx) => batches.log.redeliver(trx, 'own', second))).status, 'pending');
    await assert.rejects(
      transaction((trx) => batches.log.cancel(trx, 'other', third)),
      /no such delivery/,
    );
    const claimed = await take();
    assert.deepEqual(
      claimed.map(({ id }) => id),
      ids.slice(2),
    );
    await assert.rejects(
      transaction((trx) => batches.log.cancel(trx, 'own', third)),
      { code: 'DELIVERY_IN_FLIGHT' },
    );
    await write(claimed.map((row) => answered(row, 200)));
    assert.equal(await statusOf(first), 'cancelled');
    await assert.rejects(
      transaction((trx) => batches.log.cancel(trx, 'own', third)),
      { code: 'DELIVERY_SETTLED' },
    );
    const again = await transaction((trx) => batches.log.redeliver(trx, 'own', third));
    assert.deepEqual([again.status, again.attemptCount], ['pending', 1]);
    const [row] = await batches.database.read((db) => db('dispatcher_deliveries').where({ id: third }));
    assert.deepEqual([row?.payload, row?.batch_id], [deliveries(3)[2]?.payload, null]);
  });

  test('holding or cancelling for an endpoint includes deliveries in batches', async () => {
    const ids = await batches.enqueue(deliveries(20));
    await batches.enqueue(deliveries(20, { endpoint: { kind: 'another', id: 'e1' } }));
    const endpoint = { kind: 'probe', id: 'e1' };
    const open = () => transaction((trx) => batches.changes.hasOpen(trx, endpoint));
    assert.equal(await open(), true);
    await transaction((trx) => batches.changes.hold(trx, endpoint));
    assert.equal(await statusOf(ids[1]), 'held');
    assert.equal((await list({ status: 'held' })).length, 4);
    assert.equal(await transaction((trx) => batches.changes.cancel(trx, endpoint)), 4);
    assert.equal(await statusOf(ids[1]), 'cancelled');
    assert.equal(await open(), false);
    assert.equal(await transaction((trx) => batches.changes.cancel(trx, { kind: 'probe', id: 'e2' })), 4);
    assert.equal((await take()).length, 12);
    assert.equal(await transaction((trx) => batches.changes.cancel(trx, { kind: 'probe', id: 'e3' })), 0);
    assert.equal(await transaction((trx) => batches.changes.hasOpen(trx, { kind: 'probe', id: 'e3' })), true);
  });

  test('one delivery that cannot be stored refuses the whole batch', async () => {
    for (const [more, message] of [
      [{ type: 'x'.repeat(129) }, /type/],
      [{ endpoint: { kind: 'probe', id: 'x'.repeat(65) } }, /endpoint/],
      [{ endpoint: { kind: 'x'.repeat(65), id: 'one' } }, /kind/],
      [{ organization: 'x'.repeat(101) }, /organization/],
      [{ payload: 'x'.repeat(256 * 1024 + 1) }, /payload/],
    ] as const)
      await assert.rejects(batches.enqueue([...deliveries(20), ...deliveries(1, more)]), {
        name: 'RangeError',
        message,
      });
    assert.deepEqual(await list(), []);
    await batches.enqueue(deliveries(20, { type: '🎯'.repeat(128) }));
    await write((await take()).map((row) => answered(row, 200)));
    assert.equal((await list({ status: 'delivered' })).length, 20);
  });

  test('large batches enter the queue in statements below the server limits', async () => {
    const large = Array.from({ length: 200 }, (_, number) =>
      deliveries(1, { payload: `${number}`.padEnd(100_000, 'x') }),
    );
    await batches.enqueue(large.flat());
    const claimed: Claimed[] = [];
    for (let more = await take(); more.length > 0; more = await take()) claimed.push(...more);
    assert.equal(claimed.length, 200);
    assert.equal((await write(claimed.slice(0, 199).map((row) => answered(row, 500)))).length, 199);
    assert.equal((await batches.rows('queue')).length, 199);
  });

  test('deduplication keys hold for deliveries of a batch', async () => {
    const keyed = deliveries(20).map((delivery, number) => ({ ...delivery, onceKey: `key-${number}` }));
    const ids = await batches.enqueue(keyed);
    assert.deepEqual(await batches.enqueue(keyed), ids);
    const more = await batches.enqueue([...keyed, ...deliveries(18)]);
    assert.deepEqual(more.slice(0, 20), ids);
    assert.equal((await list()).length, 38);
  });

  test('a batch that is not claimed in time counts as lag', async () => {
    const { database, clock } = batches;
    const watch = createLagWatch({ database, now: () => clock.time, maxLagMs: 60_000, capped: () => [] });
    await batches.enqueue(deliveries(20));
    clock.time += 59_000_000;
    assert.equal(await watch.keepsUp(), true);
    clock.time += 2_000_000;
    assert.equal(await watch.keepsUp(), false);
    await take();
    assert.equal(await watch.keepsUp(), true);
  });

  test('organizations take turns with their batches', async () => {
    for (const organization of ['b', 'a', 'b', 'b', 'c', 'a']) await batches.enqueue(deliveries(20, { organization }));
    const intake = batches.intake();
    const order: (string | undefined)[] = [];
    for (let turn = 0; turn < 7; turn += 1) order.push((await intake.take(1))?.organization);
    assert.deepEqual(order, ['a', 'b', 'c', 'a', 'b', 'b', undefined]);
  });

  test('a claim takes several batches of one organization while there is room', async () => {
    for (const count of [20, 30, 40]) await batches.enqueue(deliveries(count, { organization: 'a' }));
    await batches.enqueue(deliveries(20, { organization: 'b' }));
    const intake = batches.intake();
    const sizes: (number | undefined)[] = [];
    for (const room of [89, 500, 500, 500]) sizes.push((await intake.take(room))?.claimed.length);
    assert.deepEqual(sizes, [50, 20, 40, undefined]);
    batches.clock.time += leaseMicros;
    // The lapsed batches of one lease pass into the queue together, those of another lease separately.
    assert.equal((await batches.intake().take(500))?.queued.length, 50);
  });

  test('a claim that timed out leaves no lease on the batch', async () => {
    const { database, clock } = batches;
    await batches.enqueue(deliveries(20));
    let hold = Promise.withResolvers<void>();
    let begun = Promise.withResolvers<void>();
    let ended: Promise<unknown> = Promise.resolve();
    /** A database that stalls before the first statement, or after the last one. */
    const silent = (isAtEnd: boolean): Database => ({
      ...database,
      transaction: (work) => {
        const transaction = database.transaction(async (trx) => {
          if (!isAtEnd) begun.resolve();
          if (!isAtEnd) await hold.promise;
          const done = await work(trx);
          if (isAtEnd) begun.resolve();
          if (isAtEnd) await hold.promise;
          return done;
        });
        ended = transaction.catch(() => undefined);
        return transaction;
      },
    });
    const leases = () => database.read((db) => db('dispatcher_batches').pluck('lease_token'));
    for (const isAtEnd of [false, true]) {
      hold = Promise.withResolvers();
      begun = Promise.withResolvers();
      const intake = createBatchClaims(silent(isAtEnd), () => clock.time, leaseMicros);
      intake.note();
      mock.timers.enable({ apis: ['setTimeout'] });
      const taken = intake.take(1);
      await begun.promise;
      mock.timers.tick(10_000);
      mock.timers.reset();
      await assert.rejects(taken, { code: 'DATABASE_UNAVAILABLE' });
      hold.resolve();
      await ended;
      assert.equal(intake.mayHaveSome, true);
      // The claim was committed after all: the next one returns the batch first, and takes it as unsent.
      assert.equal((await leases())[0] === 0, !isAtEnd);
      if (isAtEnd) assert.equal((await intake.take(1))?.claimed.length, 20);
    }
  });

  testOnServer('settling does not wait for uncommitted batches of other transactions', async () => {
    const claimed: Claimed[] = [];
    for (let count = 0; count < 12; count += 1) await batches.enqueue(deliveries(20));
    for (let count = 0; count < 12; count += 1) claimed.push(...(await take()));
    const other = await batches.database.knex.transaction();
    try {
      const [first] = await other('dispatcher_batches').limit(1);
      await other('dispatcher_batches').insert({ ...first, id: 'f', last_id: 'f' });
      await other.raw('set session innodb_lock_wait_timeout = 1');
      const results = claimed.map((row, number) => answered(row, number % 7 === 0 ? 500 : 200));
      assert.equal((await write(results)).length, 240);
    } finally {
      await other.rollback();
    }
    assert.deepEqual(await batches.rows('batches'), []);
  });

  test('the purge removes a batch as a whole, once all its deliveries are settled', async () => {
    await batches.enqueue(deliveries(20));
    await batches.enqueue(deliveries(20));
    const claimed = await take();
    await write(claimed.slice(0, 19).map((row) => answered(row, 200)));
    const later = start + 1;
    assert.equal(await purgeDeliveries(batches.database, later), 0);
    await write(claimed.slice(19).map((row) => answered(row, 200)));
    assert.equal(await purgeDeliveries(batches.database, later), 20);
    assert.equal((await batches.rows('batch_contents')).length, 1);
    assert.equal((await take()).length, 20);
  });
});
