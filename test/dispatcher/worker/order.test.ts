import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { EndpointDelivery, ResolvedEndpoint } from '../../../src/plugin.ts';
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

const organization = 'test-org';

onEveryEngine('ordered endpoints', ({ serverUrl, testOnServer }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  /** States and delivery settings by endpoint; ordered by default. */
  let settings: Map<string, EndpointDelivery | ResolvedEndpoint>;
  /** Statuses by delivery id; 200 by default. */
  let statuses: Map<string, () => number>;
  /** Ids in the order of their requests, by endpoint. */
  let requests: Map<string, string[]>;
  /** Greatest number of requests at once, by endpoint. */
  let most: Map<string, number>;
  let used = 0;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) => new Map(ids.map((id) => [id, resolved(id)]));
    const env = {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_POLL_INTERVAL_MS: '50',
      DISPATCH_RETRY_INTERVAL_MS: '300',
      DISPATCH_MAX_RETRIES: '2',
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  beforeEach(() => {
    settings = new Map();
    statuses = new Map();
    requests = new Map();
    most = new Map();
    const open = new Map<string, number>();
    const change = (path: string, by: number): number => {
      const now = (open.get(path) ?? 0) + by;
      open.set(path, now);
      return now;
    };
    receiver.script(({ path, headers }) => {
      const [endpoint, id] = [path.slice(1), headers['webhook-id'] ?? ''];
      requests.set(endpoint, [...(requests.get(endpoint) ?? []), id]);
      most.set(endpoint, Math.max(most.get(endpoint) ?? 0, change(path, 1)));
      setTimeout(() => change(path, -1), 3);
      return { ...answer(statuses.get(id)?.() ?? 200), delayMs: 5 };
    });
  });
  afterEach(async () => {
    for (const id of requests.keys())
      await probe.transaction((trx) => probe.dispatcher.cancel(trx, { kind: probeKind, id }));
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  function resolved(id: string): ResolvedEndpoint {
    const given = settings.get(id) ?? { ordered: true };
    return 'state' in given
      ? given
      : ({ ...(active(`${receiver.url}/${id}`) as object), delivery: given } as ResolvedEndpoint);
  }
  /** An endpoint of this test alone. */
  const endpoint = (): string => {
    used += 1;
    return `lane${used}`;
  };
  const seen = (id: string): string[] => requests.get(id) ?? [];
  const unique = (id: string): string[] => [...new Set(seen(id))];
  const enqueue = async (id: string, count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let left = count; left > 0; left -= 1) ids.push(...(await probe.enqueue(id, 1, { ordered: true })));
    return ids;
  };
  const arrived = (id: string, ids: readonly string[]) => eventually(() => unique(id).length >= ids.length);
  const read = (id: string) => probe.dispatcher.deliveries.read(organization, id);
  const entriesOf = (ids: readonly string[]) =>
    probe.database.read((db) => db('dispatcher_order').whereIn('delivery_id', ids).pluck('delivery_id'));

  test('deliveries arrive one at a time, in the order of their acceptance', async () => {
    const id = endpoint();
    const ids = [
      ...(await enqueue(id, 20)),
      ...(await probe.enqueue(id, 40, { ordered: true })),
      ...(await enqueue(id, 5)),
    ];
    await arrived(id, ids);
    assert.deepEqual(seen(id), ids);
    assert.equal(most.get(id), 1);
  });

  test('all wait while the head waits for its retry, and a head that fails for good is passed over', async () => {
    const id = endpoint();
    const first = await probe.enqueue(id, 6, { ordered: true });
    const [one = '', two = '', three = ''] = first;
    let tries = 0;
    statuses.set(one, () => (tries++ === 0 ? 500 : 200));
    statuses.set(two, () => 404);
    statuses.set(three, () => 503);
    await arrived(id, first);
    assert.deepEqual(seen(id), [one, one, two, three, three, three, ...first.slice(3)]);
    await eventually(async () => (await read(first.at(-1) ?? '')).status === 'delivered');
    const states = await Promise.all(first.map(async (each) => (await read(each)).status));
    assert.deepEqual(states, ['delivered', 'failed', 'failed', 'delivered', 'delivered', 'delivered']);
  });

  test('an ordered endpoint with a backlog delays neither other endpoints nor other organizations', async () => {
    const id = endpoint();
    const ids = await probe.enqueue(id, 1000, { ordered: true });
    statuses.set(ids[0] ?? '', () => 500);
    await eventually(() => seen(id).length > 0);
    const others = Array.from({ length: 10 }, () => endpoint());
    for (const other of others) settings.set(other, {});
    for (const [index, other] of others.entries())
      await probe.enqueue(other, 10, index % 2 === 0 ? {} : { organization: 'other' });
    const before = unique(id).length;
    await eventually(() => others.every((other) => seen(other).length === 10));
    assert.ok(unique(id).length - before < 300, 'the backlog went before');
  });

  test('a delivery without a place in the order gets one at its end', async () => {
    const id = endpoint();
    const ids = await enqueue(id, 3);
    const without = await probe.enqueue(id, 30);
    await arrived(id, [...ids, ...without]);
    assert.deepEqual(seen(id).slice(0, 3), ids);
    assert.deepEqual(seen(id).slice(3).sort(), [...without].sort());
    assert.equal(most.get(id), 1);
  });

  test('an endpoint becomes ordered with a backlog, and stops being ordered with one', async () => {
    const id = endpoint();
    settings.set(id, { rateLimit: 0.01 });
    const ids = await probe.enqueue(id, 60);
    await eventually(() => seen(id).length === 1);
    await probe.transaction((trx) => probe.dispatcher.setOrdered(trx, { kind: probeKind, id }, true));
    settings.set(id, { ordered: true, rateLimit: 200 });
    const more = await enqueue(id, 5);
    await eventually(() => seen(id).length > 20);
    // Ids of one millisecond are in no order, but they are sent in theirs.
    const [first = ''] = seen(id);
    const expected = [first, ...ids.filter((each) => each !== first).sort(), ...more];
    assert.deepEqual(seen(id), expected.slice(0, seen(id).length));
    assert.equal(most.get(id), 1);
    settings.set(id, {});
    await probe.transaction((trx) => probe.dispatcher.setOrdered(trx, { kind: probeKind, id }, false));
    assert.deepEqual(await entriesOf([...ids, ...more]), []);
    await arrived(id, [...ids, ...more]);
  });

  test('an endpoint is held and released with its order', async () => {
    const id = endpoint();
    const ids = await probe.enqueue(id, 40, { ordered: true });
    await eventually(() => seen(id).length >= 5);
    settings.set(id, { state: 'disabled' });
    await probe.transaction((trx) => probe.dispatcher.hold(trx, { kind: probeKind, id }));
    await eventually(async () => {
      const states = await Promise.all(ids.map(async (each) => (await read(each)).status));
      return states.every((status) => status === 'held' || status === 'delivered');
    });
    const more = await enqueue(id, 3);
    settings.delete(id);
    await probe.transaction((trx) => probe.dispatcher.release(trx, { kind: probeKind, id }));
    await arrived(id, [...ids, ...more]);
    assert.deepEqual(seen(id), [...ids, ...more]);
  });

  test('a cancelled head is passed over, and a delivery that is sent again goes to the end', async () => {
    const id = endpoint();
    settings.set(id, { ordered: true, rateLimit: 0.01 });
    const [first = '', head = '', ...rest] = await probe.enqueue(id, 10, { ordered: true });
    await eventually(async () => (await read(first)).status === 'delivered');
    await probe.transaction((trx) => probe.dispatcher.deliveries.cancel(trx, organization, head));
    await probe.transaction((trx) => probe.dispatcher.deliveries.redeliver(trx, organization, first));
    settings.delete(id);
    await eventually(() => seen(id).length === 10);
    assert.deepEqual(seen(id), [first, ...rest, first]);
  });

  test('a deleted endpoint leaves no order behind', async () => {
    const id = endpoint();
    settings.set(id, { ordered: true, rateLimit: 0.01 });
    const ids = await probe.enqueue(id, 50, { ordered: true });
    await eventually(() => seen(id).length === 1);
    settings.set(id, { state: 'gone' });
    await probe.transaction((trx) => probe.dispatcher.cancel(trx, { kind: probeKind, id }));
    assert.deepEqual(await entriesOf(ids), []);
    assert.equal((await read(ids[40] ?? '')).status, 'cancelled');
  });

  testOnServer('a locked head does not delay other endpoints', async () => {
    const id = endpoint();
    settings.set(id, { ordered: true, rateLimit: 0.01 });
    const [, head = ''] = await probe.enqueue(id, 5, { ordered: true });
    await eventually(() => seen(id).length === 1);
    await probe.transaction(async (trx) => {
      await trx('dispatcher_queue').where({ delivery_id: head }).forUpdate();
      await trx('dispatcher_order').where({ delivery_id: head }).forUpdate();
      settings.delete(id);
      const other = endpoint();
      settings.set(other, {});
      await probe.enqueue(other, 5);
      await eventually(() => seen(other).length === 5);
      assert.equal(seen(id).length, 1);
    });
    await eventually(() => seen(id).length === 5);
  });
});
