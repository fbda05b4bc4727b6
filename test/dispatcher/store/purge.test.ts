import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { purgeDeliveries } from '../../../src/dispatcher/store/purge.ts';
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

const daysMs = 24 * 3_600_000;

onEveryEngine('the purge', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;

  before(async () => {
    receiver = await createReceiver(({ path }) => answer({ '/refused': 404, '/failing': 500 }[path] ?? 200));
    probe = createProbe(receiver.url);
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_RETRY_INTERVAL_MS: String((365 * daysMs) / 100) };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const read = (id: string) => probe.dispatcher.deliveries.read('test-org', id);
  const reached = (id: string, status: string) =>
    eventually(async () => ((await read(id)).status === status && (await read(id)).attemptCount > 0 ? id : undefined));
  const rowsOf = (table: string, column: string): Promise<string[]> =>
    probe.database.read((db) => db(table).distinct(column).orderBy(column).pluck(column));

  test('the purge removes only settled deliveries past retention, with their attempts and keys', async () => {
    const [delivered = ''] = await probe.enqueue('fine', 1, { onceKey: 'kept-with-it' });
    const [refused = ''] = await probe.enqueue('refused');
    const [pending = ''] = await probe.enqueue('failing');
    const [held = ''] = await probe.enqueue('failing');
    await reached(delivered, 'delivered');
    await reached(refused, 'failed');
    await reached(pending, 'pending');
    await reached(held, 'pending');
    const { resolve } = probe;
    probe.resolve = async (ids) =>
      new Map([...(await resolve(ids))].map(([id, found]) => [id, id === 'failing' ? { state: 'disabled' } : found]));
    await probe.transaction((trx) => probe.dispatcher.hold(trx, { kind: probeKind, id: 'failing' }));

    assert.equal(await purgeDeliveries(probe.database, gateway.clock.now() - 60_000_000), 0);
    gateway.clock.advance(31 * daysMs);
    const [young = ''] = await probe.enqueue('fine');
    await reached(young, 'delivered');
    assert.equal(await purgeDeliveries(probe.database, gateway.clock.now() - 30 * daysMs * 1000), 2);
    const left = [pending, held, young].sort();
    assert.deepEqual(await rowsOf('dispatcher_deliveries', 'id'), left);
    assert.deepEqual(await rowsOf('dispatcher_attempts', 'delivery_id'), left);
    assert.deepEqual(await rowsOf('dispatcher_keys', 'delivery_id'), []);
    const [again = ''] = await probe.enqueue('fine', 1, { onceKey: 'kept-with-it' });
    assert.notEqual(again, delivered);
    await reached(again, 'delivered');
  });

  test('the purge removes more deliveries than one batch, and keeps a redelivered one', async () => {
    const ids = await probe.enqueue('fine', 1200);
    const hasRow = async (table: string, of: object): Promise<boolean> =>
      (await probe.database.read((db) => db(table).where(of).first())) !== undefined;
    await eventually(async () => !(await hasRow('dispatcher_queue', { held: 0 })), 30_000);
    const eventIds: string[] = await probe.database.read((db) =>
      db('dispatcher_deliveries').whereIn('id', ids).distinct().pluck('event_id'),
    );
    assert.equal(eventIds.length, 1);
    const hasEvent = (): Promise<boolean> => hasRow('dispatcher_events', { id: eventIds[0] });
    gateway.clock.advance(31 * daysMs);
    const [first = ''] = ids;
    await probe.transaction((trx) => probe.dispatcher.deliveries.redeliver(trx, 'test-org', first));
    await eventually(async () => (await read(first)).attemptCount === 2);
    const purged = await purgeDeliveries(probe.database, gateway.clock.now() - 30 * daysMs * 1000);
    assert.ok(purged >= 1199, String(purged));
    assert.equal((await read(first)).attempts.length, 2);
    assert.equal((await read(first)).payload, '{"data":{}}');
    await assert.rejects(read(ids[1] ?? ''), /no such delivery/);
    assert.ok(await hasEvent(), 'the redelivered one needs its payload');
    gateway.clock.advance(31 * daysMs);
    assert.equal(await purgeDeliveries(probe.database, gateway.clock.now() - 30 * daysMs * 1000), 1);
    assert.ok(!(await hasEvent()));
  });
});
