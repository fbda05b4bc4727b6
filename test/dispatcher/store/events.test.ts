import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { NewDelivery } from '../../../src/dispatcher/model/delivery.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createProbe, type Probe, probeKind } from '../../support/probe-plugin.ts';

interface EventRow {
  id: string;
  last_id: string;
  organization: string;
  type: string;
  payload: string;
}

onEveryEngine('events', ({ serverUrl }) => {
  let gateway: TestGateway;
  let probe: Probe;

  before(async () => {
    probe = createProbe('http://127.0.0.1:1');
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl });
  });
  after(() => gateway.close());

  const delivery = (organization: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
    organization,
    endpoint: { kind: probeKind, id: 'one' },
    type: 'made',
    payload: '{"text":"it\'s \\\\ “ü” 🎯"}',
    ...more,
  });

  const enqueue = async (deliveries: readonly NewDelivery[]): Promise<string[]> => {
    const accepted = await probe.transaction((trx) => probe.dispatcher.enqueue(trx, deliveries));
    return accepted.map(({ id }) => id);
  };

  const eventsOf = (organization: string): Promise<EventRow[]> =>
    probe.database.read((db) => db('dispatcher_events').where({ organization }).orderBy('id'));

  const eventIdsOf = (ids: readonly string[]): Promise<string[]> =>
    probe.database.read((db) => db('dispatcher_deliveries').whereIn('id', ids).orderBy('id').pluck('event_id'));

  test('an event for many endpoints is stored once, and every delivery points to it', async () => {
    const all = Array.from({ length: 1200 }, (_, number) =>
      delivery('fan-out', { endpoint: { kind: probeKind, id: `e${number}` } }),
    );
    const ids = await enqueue(all);
    const [event, ...others] = await eventsOf('fan-out');
    assert.deepEqual(others, []);
    assert.equal(event?.payload, all[0]?.payload);
    const sorted = ids.toSorted();
    assert.deepEqual([event?.id, event?.last_id], [sorted[0], sorted.at(-1)]);
    const stored: string[] = await probe.database.read((db) =>
      db('dispatcher_deliveries').where({ organization: 'fan-out', event_id: event?.id }).pluck('id'),
    );
    assert.deepEqual(stored.toSorted(), sorted);
    assert.equal((await probe.dispatcher.deliveries.read('fan-out', ids[700] ?? '')).payload, all[0]?.payload);
  });

  test('deliveries of another type, payload or organization have events of their own', async () => {
    const ids = await enqueue([
      delivery('one'),
      delivery('one', { type: 'changed' }),
      delivery('one', { payload: '{}' }),
      delivery('two'),
      delivery('one'),
    ]);
    const [a, b, c, d, e] = await Promise.all(ids.map(async (id) => (await eventIdsOf([id]))[0]));
    assert.equal(a, e);
    assert.equal(new Set([a, b, c, d]).size, 4);
    assert.equal((await eventsOf('one')).length, 3);
  });

  test('a delivery whose deduplication key is known adds no event', async () => {
    const [first] = await enqueue([delivery('keyed', { onceKey: 'once', payload: '{"number":1}' })]);
    const again = await enqueue([delivery('keyed', { onceKey: 'once', payload: '{"number":2}' })]);
    assert.deepEqual(again, [first]);
    assert.deepEqual(
      (await eventsOf('keyed')).map(({ payload }) => payload),
      ['{"number":1}'],
    );
  });

  test('large payloads are stored in statements of about a megabyte', async () => {
    const sizes: number[] = [];
    const { knex } = probe.database;
    const measure = ({ sql, bindings = [] }: { sql: string; bindings?: readonly unknown[] }): void => {
      sizes.push(sql.length + bindings.reduce((sum: number, value) => sum + String(value).length, 0));
    };
    knex.on('query', measure);
    const payloads = Array.from({ length: 12 }, (_, number) => JSON.stringify({ number, text: '"'.repeat(120_000) }));
    try {
      await enqueue(payloads.map((payload) => delivery('large', { payload })));
    } finally {
      knex.off('query', measure);
    }
    assert.deepEqual(new Set((await eventsOf('large')).map(({ payload }) => payload)), new Set(payloads));
    assert.ok(Math.max(...sizes) < 1.2 * 1024 * 1024, String(Math.max(...sizes)));
  });
});
