import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { databaseUnavailable } from '../../../src/errors.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { active, createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

const leaseMs = 16_000;

onEveryEngine('leases', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  let resolve: Probe['resolve'];

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    resolve = probe.resolve;
    const env = {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_RETRY_INTERVAL_MS: '30',
      DISPATCH_LEASE_MS: String(leaseMs),
      DISPATCH_POLL_INTERVAL_MS: '100',
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  beforeEach(() => {
    probe.resolve = resolve;
    receiver.script(() => answer(200));
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const read = (id: string) => probe.dispatcher.deliveries.read('test-org', id);
  const queueRow = (id: string) =>
    probe.database.read((db) => db('dispatcher_queue').where({ delivery_id: id }).first());
  const seen = (path: string) => receiver.received.filter((request) => request.path === path);

  const settled = (id: string) =>
    eventually(async () => {
      const delivery = await read(id);
      return ['delivered', 'failed', 'cancelled'].includes(delivery.status) ? delivery : undefined;
    });

  /** Puts a row into the state that a process leaves if it ends during an attempt. */
  const abandon = (id: string, unknowns = 0, until = 1) =>
    probe.transaction((trx) =>
      trx('dispatcher_queue').where({ delivery_id: id }).update({ lease_token: 4711, lease_until: until, unknowns }),
    );

  /** Enqueues a held delivery, so that the test can prepare its row before the attempt. */
  async function enqueueHeld(endpoint: string): Promise<string> {
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }]));
    const [id = ''] = await probe.enqueue(endpoint);
    await eventually(async () => (await read(id)).status === 'held');
    probe.resolve = resolve;
    return id;
  }

  const releaseAll = (endpoint: string) =>
    probe.transaction((trx) => probe.dispatcher.release(trx, { kind: probeKind, id: endpoint }));

  test('a failed look-up returns the leases at once and leaves no attempt of unknown outcome', async () => {
    let failures = 0;
    probe.resolve = async (ids) => {
      failures += 1;
      if (failures <= 3) throw databaseUnavailable('a test');
      return resolve(ids);
    };
    const ids = await probe.enqueue('look-up', 5);
    for (const delivery of await Promise.all(ids.map(settled))) {
      assert.equal(delivery.status, 'delivered');
      assert.equal(delivery.attempts.length, 1);
    }
    assert.ok(failures > 3);
    assert.equal(seen('/look-up').length, 5);
  });

  test('a row that only waited when its process ended has had no attempt', async () => {
    const id = await enqueueHeld('waited');
    await probe.transaction((trx) =>
      trx('dispatcher_queue').where({ delivery_id: id }).update({ lease_token: -4711, lease_until: 1, unknowns: 9 }),
    );
    await releaseAll('waited');
    const delivery = await settled(id);
    assert.deepEqual([delivery.status, delivery.attempts.length], ['delivered', 1]);
  });

  test('of the claimed rows of an endpoint that hangs, only the ones that were sent count as attempts', async () => {
    const warm = await probe.enqueue('hanging', 20);
    await Promise.all(warm.map(settled));
    receiver.script(() => ({ ...answer(200), delayMs: 1000 }));
    const before = seen('/hanging').length;
    const ids = await probe.enqueue('hanging', 100);
    const snapshot = () => probe.database.read((db) => db('dispatcher_queue').whereIn('delivery_id', ids));
    const { sent, waiting } = await eventually(async () => {
      const sent = seen('/hanging').slice(before);
      const waiting = (await snapshot()).filter((row) => row.lease_token < 0).map((row) => row.delivery_id);
      return sent.length > 0 && waiting.length > 0 ? { sent, waiting } : undefined;
    });
    const seenIds = sent.map(({ headers }) => headers['webhook-id'] ?? '');
    assert.deepEqual(
      waiting.filter((id) => seenIds.includes(id)),
      [],
    );
    receiver.script(() => answer(200));
    for (const { status, attemptCount } of await Promise.all(ids.map(settled)))
      assert.deepEqual([status, attemptCount], ['delivered', 1]);
  });

  test('a delivery that waits under a lease is pending, and can be cancelled and sent again', async () => {
    const wait = (id: string) =>
      probe.transaction((trx) =>
        trx('dispatcher_queue')
          .where({ delivery_id: id })
          .update({ lease_token: -4711, lease_until: gateway.clock.now() + 60_000_000, due_at: 1, held: 0 }),
      );
    const ids = [await enqueueHeld('leased'), await enqueueHeld('leased')];
    await Promise.all(ids.map(wait));
    const statuses = await Promise.all(ids.map(async (id) => (await read(id)).status));
    assert.deepEqual(statuses, ['pending', 'pending']);
    const [first = '', second = ''] = ids;
    const { deliveries } = probe.dispatcher;
    const { status } = await probe.transaction((trx) => deliveries.cancel(trx, 'test-org', first));
    assert.equal(status, 'cancelled');
    await probe.transaction((trx) => deliveries.redeliver(trx, 'test-org', second));
    const { status: sent, attemptCount } = await settled(second);
    assert.deepEqual([sent, attemptCount], ['delivered', 1]);
  });

  test('a suspect waits for another one, and its lease says that it only waits', async () => {
    receiver.script(() => ({ ...answer(200), delayMs: 300 }));
    const ids = [await enqueueHeld('first'), await enqueueHeld('second')];
    await probe.transaction((trx) => trx('dispatcher_queue').whereIn('delivery_id', ids).update({ unknowns: 9 }));
    await Promise.all(['first', 'second'].map(releaseAll));
    const tokens = await eventually(async () => {
      const rows = await Promise.all(ids.map(queueRow));
      const found = rows.map((row) => Math.sign(row?.lease_token ?? 0)).sort();
      return found.includes(1) && !found.includes(0) ? found : undefined;
    });
    assert.deepEqual(tokens, [-1, 1]);
    for (const delivery of await Promise.all(ids.map(settled)))
      assert.deepEqual([delivery.status, delivery.attempts.length], ['delivered', 1]);
  });

  test('an endpoint that cannot be looked up delays no other, and its deliveries stay pending', async () => {
    probe.resolve = async (ids) => {
      if (ids.includes('broken')) throw new Error('its secret cannot be read');
      return resolve(ids);
    };
    const [broken = ''] = await probe.enqueue('broken');
    const [good = ''] = await probe.enqueue('sound');
    assert.equal((await settled(good)).status, 'delivered');
    const waiting = await eventually(async () => {
      const row = await queueRow(broken);
      return row?.lease_token === 0 && row.due_at > gateway.clock.now() ? row : undefined;
    });
    assert.equal(waiting.attempt_count, 0);
    assert.equal((await read(broken)).status, 'pending');
  });

  test('the deliveries of a missing plugin are kept for it', async () => {
    const endpoint = { kind: 'another', id: 'x' };
    const [accepted] = await probe.transaction((trx) =>
      probe.dispatcher.enqueue(trx, [{ organization: 'test-org', endpoint, type: 'x', payload: '{}' }]),
    );
    const id = accepted?.id ?? '';
    await eventually(async () => (await queueRow(id))?.due_at > gateway.clock.now() + 10_000_000);
    assert.equal((await read(id)).status, 'pending');
    probe.dispatcher.registerEndpointKind({ name: 'another', resolve });
    await probe.transaction((trx) => probe.dispatcher.deliveries.redeliver(trx, 'test-org', id));
    assert.equal((await settled(id)).status, 'delivered');
  });

  test('an attempt whose process ended is recorded as unknown and repeated without using up a retry', async () => {
    const id = await enqueueHeld('abandoned');
    await abandon(id);
    await releaseAll('abandoned');
    const { attempts, attemptCount } = await settled(id);
    assert.equal(attemptCount, 2);
    assert.deepEqual(
      attempts.map(({ number, error, status }) => [number, error, status]),
      [
        [1, 'outcome_unknown', undefined],
        [2, undefined, 200],
      ],
    );
    assert.equal(seen('/abandoned')[0]?.headers['webhook-attempt'], '2');
  });

  test('a lease that ends later than any lease may, written by a clock that was ahead, counts as lapsed', async () => {
    const id = await enqueueHeld('ahead');
    await abandon(id, 0, gateway.clock.now() + 3_600_000_000);
    await releaseAll('ahead');
    assert.equal((await settled(id)).attemptCount, 2);
  });

  test('ten attempts of unknown outcome make a delivery fail with crash_loop', async () => {
    const id = await enqueueHeld('crashing');
    await abandon(id, 9);
    await releaseAll('crashing');
    const { status, attempts } = await settled(id);
    assert.equal(status, 'failed');
    assert.equal(attempts[0]?.error, 'crash_loop');
    assert.equal(seen('/crashing').length, 0);
    const again = await enqueueHeld('nearly');
    await abandon(again, 8);
    await releaseAll('nearly');
    assert.equal((await settled(again)).status, 'delivered');
  });

  test('a process that has lost the lease writes nothing', async () => {
    receiver.script(() => ({ pieces: [], afterwards: 'silence' }));
    const [id = ''] = await probe.enqueue('stolen');
    await eventually(() => seen('/stolen').length === 1);
    const thief = 4711;
    await probe.transaction((trx) => trx('dispatcher_queue').where({ delivery_id: id }).update({ lease_token: thief }));
    const [other = ''] = await probe.enqueue('after-it');
    // Both attempts time out; the result of the later one is written after that of the earlier one.
    await eventually(async () => (await read(other)).attempts.length > 0);
    const row = await queueRow(id);
    assert.equal(row.lease_token, thief);
    assert.equal(row.attempt_count, 0);
    assert.deepEqual((await read(id)).attempts, []);
  });

  test('a rolled back transaction leaves no delivery and no key', async () => {
    const endpoint = { kind: probeKind, id: 'rolled-back' };
    const delivery = { organization: 'test-org', endpoint, type: 'x', payload: '{}', onceKey: 'rolled' };
    await assert.rejects(
      probe.transaction(async (trx) => {
        await probe.dispatcher.enqueue(trx, [delivery]);
        throw new RangeError('no');
      }),
      RangeError,
    );
    const [marker = ''] = await probe.enqueue('rolled-back');
    await settled(marker);
    assert.equal(seen('/rolled-back').length, 1);
    const { deliveries } = await probe.dispatcher.deliveries.list(
      { organization: 'test-org', endpointId: 'rolled-back' },
      10,
    );
    assert.deepEqual(
      deliveries.map(({ id }) => id),
      [marker],
    );
    const again = await probe.transaction((trx) => probe.dispatcher.enqueue(trx, [delivery]));
    assert.equal((await settled(again[0]?.id ?? '')).status, 'delivered');
  });

  test('a repeated deduplication key of an organization returns the first delivery', async () => {
    const [first] = await probe.enqueue('once', 1, { onceKey: 'k1' });
    assert.deepEqual(await probe.enqueue('once', 2, { onceKey: 'k1' }), [first, first]);
    const [twice, same] = await probe.enqueue('once', 2, { onceKey: 'k2' });
    assert.equal(twice, same);
    assert.notEqual(twice, first);
    const [others] = await probe.enqueue('once', 1, { onceKey: 'k1', organization: 'other-org' });
    assert.notEqual(others, first);
    await Promise.all([first, twice].map((id) => settled(id ?? '')));
    await eventually(() => seen('/once').length === 3);
    const racing = await Promise.all(Array.from({ length: 8 }, () => probe.enqueue('race', 1, { onceKey: 'race' })));
    assert.equal(new Set(racing.flat()).size, 1);
    await settled(racing[0]?.[0] ?? '');
    assert.equal(seen('/race').length, 1);
    await assert.rejects(probe.enqueue('once', 1, { onceKey: 'x'.repeat(191) }), RangeError);
    await assert.rejects(probe.enqueue('once', 1, { onceKey: 'k1 ' }), RangeError);
  });

  test('a delivery that waited for a slow endpoint is looked up again before its attempt', async () => {
    await Promise.all((await probe.enqueue('stalling', 20)).map(settled));
    receiver.script(({ path }) => (path === '/stalling' ? { ...answer(200), delayMs: 600 } : answer(200)));
    const before = seen('/stalling').length;
    const ids = await probe.enqueue('stalling', 40);
    await eventually(() => seen('/stalling').length > before);
    probe.resolve = async (wanted) => new Map(wanted.map((id) => [id, { state: 'gone' }]));
    const deliveries = await Promise.all(ids.map(settled));
    const sent = seen('/stalling').length - before;
    assert.ok(sent <= 8 + 1, `${sent} were sent`);
    assert.equal(deliveries.filter(({ status }) => status === 'cancelled').length, 40 - sent);
  });

  test('disabling holds waiting deliveries and the retries of those in flight, and enabling sends them', async () => {
    const endpoint = { kind: probeKind, id: 'switch' };
    receiver.script(({ path }) => (path === '/switch' ? { ...answer(500), delayMs: 300 } : answer(200)));
    const [flying = ''] = await probe.enqueue('switch');
    await eventually(() => seen('/switch').length === 1);
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, { state: 'disabled' }]));
    const [waiting = ''] = await probe.transaction(async (trx) => {
      const accepted = await probe.dispatcher.enqueue(trx, [
        { organization: 'test-org', endpoint, type: 'x', payload: '{}' },
      ]);
      await probe.dispatcher.hold(trx, endpoint);
      return accepted.map(({ id }) => id);
    });
    await eventually(async () => (await read(flying)).status === 'held');
    assert.equal((await read(waiting)).status, 'held');
    assert.equal((await read(flying)).attempts.length, 1);
    receiver.script(() => answer(200));
    probe.resolve = resolve;
    await releaseAll('switch');
    assert.equal((await settled(flying)).attemptCount, 2);
    assert.equal((await settled(waiting)).attemptCount, 1);
  });

  test('enabling an endpoint while a worker holds its deliveries leaves none held', async () => {
    let isEnabled = false;
    probe.resolve = async (ids) => {
      const state = isEnabled ? active(`${receiver.url}/flapping`) : ({ state: 'disabled' } as const);
      if (!isEnabled) {
        // Enabled after the look-up and before the worker acts on it.
        isEnabled = true;
        await releaseAll('flapping');
      }
      return new Map(ids.map((id) => [id, state]));
    };
    const [id = ''] = await probe.enqueue('flapping');
    assert.equal((await settled(id)).status, 'delivered');
  });
});
