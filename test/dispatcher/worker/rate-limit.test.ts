import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { endpointKey } from '../../../src/dispatcher/model/endpoint.ts';
import type { EndpointDelivery } from '../../../src/plugin.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { active, createProbe, type Probe } from '../../support/probe-plugin.ts';

onEveryEngine('rate limits', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  /** Delivery settings by endpoint. */
  let settings: Map<string, EndpointDelivery>;
  let arrivals: Map<string, number[]>;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) =>
      new Map(ids.map((id) => [id, { ...active(`${receiver.url}/${id}`), delivery: settings.get(id) ?? {} }]));
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '50' };
    settings = new Map();
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  beforeEach(() => {
    settings = new Map();
    arrivals = new Map();
    receiver.script(({ path }) => {
      const id = path.slice(1);
      arrivals.set(id, [...(arrivals.get(id) ?? []), performance.now()]);
      return answer(200);
    });
  });
  // Backlogs of one test would take slots from the next.
  afterEach(() =>
    probe.transaction(async (trx) => {
      for (const id of settings.keys()) await probe.dispatcher.cancel(trx, { kind: 'probe', id });
    }),
  );
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const countOf = (id: string): number => arrivals.get(id)?.length ?? 0;
  const hasGate = async (id: string): Promise<boolean> => {
    const keys = await probe.database.read((db) => db('dispatcher_gates').pluck('endpoint_key'));
    return keys.includes(endpointKey({ kind: 'probe', id }));
  };

  test('an endpoint gets as many attempts a second as its limit allows', async () => {
    settings.set('fifty', { rateLimit: 50 });
    const startedAt = performance.now();
    await probe.enqueue('fifty', 300);
    await eventually(() => countOf('fifty') === 300);
    const tookMs = performance.now() - startedAt;
    // Attempts of two seconds may be made up for in one go.
    assert.ok(tookMs >= (300 - 100 - 1) * 20 * 0.9, `300 attempts took ${Math.round(tookMs)} ms`);
    const times = arrivals.get('fifty') ?? [];
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
    assert.ok(most <= 160, `${most} attempts within a second`);
  });

  test('waiting for the limit is no attempt, and delays neither other endpoints nor other organizations', async () => {
    settings.set('slow', { rateLimit: 0.1 });
    const ids = await probe.enqueue('slow', 2000);
    await eventually(() => countOf('slow') === 1);
    const others = Array.from({ length: 10 }, (_, index) => `quick${index}`);
    const startedAt = performance.now();
    for (const [index, id] of others.entries())
      await probe.enqueue(id, 10, index % 2 === 0 ? {} : { organization: 'other' });
    await eventually(() => others.every((id) => countOf(id) === 10));
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < patient(5000), `the others took ${Math.round(tookMs)} ms`);
    const attempts = await probe.database.read((db) =>
      db('dispatcher_attempts').whereIn('delivery_id', ids.slice(0, 400)).pluck('delivery_id'),
    );
    const leased = await probe.database.read((db) =>
      db('dispatcher_queue').where({ endpoint_id: 'slow' }).whereNot('lease_token', 0).pluck('delivery_id'),
    );
    assert.ok(attempts.length <= 1 + tookMs / 9000, `${attempts.length} attempts`);
    assert.ok(leased.length <= 1, `${leased.length} waiting deliveries are leased`);
  });

  test('a raised limit counts within seconds, and a limit that is gone leaves nothing behind', async () => {
    settings.set('raised', { rateLimit: 0.01 });
    await probe.enqueue('raised', 300);
    await eventually(() => countOf('raised') === 1);
    assert.ok(await hasGate('raised'));
    settings.set('raised', { rateLimit: 100 });
    await eventually(() => countOf('raised') > 20);
    settings.set('raised', {});
    await eventually(() => countOf('raised') === 300);
    await eventually(async () => !(await hasGate('raised')));
  });

  test('a limit that is set counts for deliveries that are already leased', async () => {
    await probe.enqueue('set', 20);
    await eventually(() => countOf('set') === 20);
    receiver.script(({ path }) => {
      arrivals.set('set', [...(arrivals.get(path.slice(1)) ?? []), performance.now()]);
      return { ...answer(200), delayMs: 100 };
    });
    await probe.enqueue('set', 400);
    await eventually(() => countOf('set') > 40);
    settings.set('set', { rateLimit: 0.01 });
    let seen = 0;
    // Attempts that began before the change, and look-ups that are still fresh.
    await eventually(async () => {
      const before = seen;
      seen = countOf('set');
      const leases = await probe.database.read((db) =>
        db('dispatcher_queue').where({ endpoint_id: 'set' }).whereNot('lease_token', 0).pluck('delivery_id'),
      );
      return leases.length === 0 && seen === before;
    });
    assert.ok(countOf('set') < 400, 'the limit came too late');
  });
});
