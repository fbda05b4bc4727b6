import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from '../../../src/plugin.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

onEveryEngine('leases taken on enqueue', ({ serverUrl, createDatabase }) => {
  let receiver: Receiver;
  let gateway: TestGateway;
  let probe: Probe;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    gateway = await createTestGateway({
      plugins: [probe.plugin],
      serverUrl,
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
  });
  beforeEach(() => {
    receiver.received.length = 0;
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const enqueue = async (trx: Knex.Transaction, id: string, count = 1): Promise<string[]> => {
    const delivery = { organization: 'o', endpoint: { kind: probeKind, id }, type: 't', payload: '{"data":{}}' };
    const accepted = await probe.dispatcher.enqueue(trx, Array<typeof delivery>(count).fill(delivery));
    return accepted.map((one) => one.id);
  };

  const leased = async (db: Knex, ids: readonly string[]): Promise<number> =>
    (await db('dispatcher_queue').whereIn('delivery_id', ids).whereNot({ lease_token: 0 }).pluck('delivery_id')).length;

  const arrived = (path: string): number => receiver.received.filter((request) => request.path === path).length;

  test('a delivery leased on enqueue is sent once, after the commit, and settled', async () => {
    const ids = await probe.transaction(async (trx) => {
      const accepted = await enqueue(trx, 'first');
      assert.equal(await leased(trx, accepted), 1);
      assert.equal(arrived('/first'), 0);
      return accepted;
    });
    await eventually(() => arrived('/first') === 1);
    await eventually(async () => {
      const left = await probe.database.read((db) =>
        db('dispatcher_queue').whereIn('delivery_id', ids).pluck('delivery_id'),
      );
      return left.length === 0;
    });
    assert.equal(arrived('/first'), 1);
  });

  test('a delivery of a rolled back transaction is not sent', async () => {
    const failure = new Error('no');
    await assert.rejects(
      probe.transaction(async (trx) => {
        await enqueue(trx, 'undone');
        throw failure;
      }),
      failure,
    );
    await probe.enqueue('afterwards');
    await eventually(() => arrived('/afterwards') === 1);
    assert.equal(arrived('/undone'), 0);
  });

  test('a nested transaction takes no lease, since the outer one may be rolled back', async () => {
    await probe
      .transaction(async (trx) => {
        const ids = await trx.transaction((inner) => enqueue(inner, 'inner'));
        assert.equal(await leased(trx, ids), 0);
        throw new Error('no');
      })
      .catch(() => undefined);
    await probe.enqueue('afterwards');
    await eventually(() => arrived('/afterwards') === 1);
    assert.equal(arrived('/inner'), 0);
  });

  test('of the rows leased on enqueue, as many are about to be sent as the endpoint has free slots', async () => {
    const unknown = await probe.transaction(async (trx) => leased(trx, await enqueue(trx, 'known', 3)));
    assert.equal(unknown, 1);
    await eventually(() => arrived('/known') === 3);
    const tokensOf = (ids: readonly string[], trx: Knex) =>
      trx('dispatcher_queue').whereIn('delivery_id', ids).pluck('lease_token') as Promise<number[]>;
    let sent = 3;
    // The endpoint may have rows in flight for a moment after they have arrived.
    await eventually(async () => {
      const tokens = await probe.transaction(async (trx) => tokensOf(await enqueue(trx, 'known', 12), trx));
      sent += 12;
      await eventually(() => arrived('/known') === sent);
      return tokens.filter((token) => token > 0).length === 8 && tokens.filter((token) => token < 0).length === 4;
    });
  });

  test('a row whose fast origin has no slot after all waits for one, and its attempt has not begun', async () => {
    const own = createProbe(receiver.url);
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_ORIGIN_CONCURRENCY: '2' };
    const running = await createTestGateway({ plugins: [own.plugin], serverUrl, env });
    const names = ['a', 'b', 'c', 'd'];
    const deliveries = names.map((id) => ({
      organization: 'o',
      endpoint: { kind: probeKind, id },
      type: 't',
      payload: '{}',
    }));
    const signsOf = async (db: Knex, ids: readonly string[]): Promise<number[]> =>
      (await db('dispatcher_queue').whereIn('delivery_id', ids).pluck('lease_token')).map(Math.sign).sort();
    let rounds = 0;
    /** Until all four endpoints are known to be fast, and have a slot. */
    const ids = await eventually(async () => {
      const reserved = await own.transaction(async (trx) => {
        const accepted = (await own.dispatcher.enqueue(trx, deliveries)).map(({ id }) => id);
        if (!(await signsOf(trx, accepted)).every((sign) => sign > 0)) return undefined;
        receiver.script(() => ({ ...answer(200), delayMs: 500 }));
        return accepted;
      });
      rounds += 1;
      if (!reserved) await eventually(() => names.every((name) => arrived(`/${name}`) === rounds));
      return reserved;
    });
    await eventually(async () => {
      const signs = await own.database.read((db) => signsOf(db, ids));
      return signs.join() === '-1,-1,1,1';
    });
    receiver.script(() => answer(200));
    await eventually(() => names.every((name) => arrived(`/${name}`) === rounds));
    for (const id of ids) {
      const { attempts } = await eventually(async () => {
        const delivery = await own.dispatcher.deliveries.read('o', id);
        return delivery.status === 'delivered' ? delivery : undefined;
      });
      assert.deepEqual(
        attempts.map(({ status }) => status),
        [200],
      );
    }
    await running.close();
  });

  test('a stop waits for the transaction and returns its lease, so the next process sends at once', async () => {
    const database = await createDatabase();
    const start = async () => {
      const own = createProbe(receiver.url);
      const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', SHUTDOWN_DELAY_MS: '0' };
      return { own, running: await createTestGateway({ plugins: [own.plugin], database, env }) };
    };
    const first = await start();
    let closing = Promise.resolve();
    const [id = ''] = await first.own.transaction(async (trx) => {
      const delivery = { organization: 'o', endpoint: { kind: probeKind, id: 'late' }, type: 't', payload: '{}' };
      const accepted = await first.own.dispatcher.enqueue(trx, [delivery]);
      const ids = accepted.map((one) => one.id);
      assert.equal(await leased(trx, ids), 1);
      closing = first.running.close();
      assert.equal(await Promise.race([closing, sleep(400, 'open')]), 'open');
      const [late] = await first.own.dispatcher.enqueue(trx, [delivery]);
      assert.equal(await leased(trx, [late?.id ?? '']), 0);
      return ids;
    });
    await closing;
    assert.equal(arrived('/late'), 0);
    const next = await start();
    const { attempts } = await eventually(async () => {
      const delivery = await next.own.dispatcher.deliveries.read('o', id);
      return delivery.status === 'delivered' ? delivery : undefined;
    });
    assert.deepEqual(
      attempts.map(({ number, status }) => [number, status]),
      [[1, 200]],
    );
    await next.running.close();
    await database.drop();
  });
});
