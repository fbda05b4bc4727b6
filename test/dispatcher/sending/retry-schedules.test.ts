import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRetrySchedules } from '../../../src/dispatcher/sending/retry-schedules.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import type { EndpointKind } from '../../../src/plugin.ts';
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

const dayS = 24 * 3600;

test('the schedule is that of the endpoint, else even; a kind with single attempts keeps them', () => {
  const scheduleOf = createRetrySchedules({ maxRetries: 3, retryIntervalMicros: 300_000_000 });
  const kind = (maxRetries?: number): EndpointKind => ({
    name: 'x',
    resolve: async () => new Map(),
    ...(maxRetries === undefined ? {} : { maxRetries }),
  });
  const own = { ...active('http://127.0.0.1'), delivery: { retrySchedule: [5, 10] } };
  const plain = { ...active('http://127.0.0.1'), delivery: {} };
  assert.deepEqual(scheduleOf(undefined, undefined), [300, 300, 300]);
  assert.deepEqual(scheduleOf(kind(), plain), [300, 300, 300]);
  assert.deepEqual(scheduleOf(kind(1), plain), [300]);
  assert.deepEqual(scheduleOf(kind(1), own), [5, 10]);
  assert.deepEqual(scheduleOf(kind(), { ...own, delivery: { retrySchedule: [] } }), []);
  assert.deepEqual(scheduleOf(kind(0), own), []);
  assert.equal(scheduleOf(kind(1e9), plain).length, 1000);
});

onEveryEngine('a retry schedule of an endpoint', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  const schedules = new Map<string, readonly number[]>();

  before(async () => {
    receiver = await createReceiver(({ path }) => answer(path === '/rejected' ? 400 : 500));
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) =>
      new Map(
        ids.map((id) => [
          id,
          { ...active(`${receiver.url}/${id}`), delivery: { retrySchedule: schedules.get(id) ?? [] } },
        ]),
      );
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '20' };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const read = (id: string) => probe.dispatcher.deliveries.read('test-org', id);
  const reached = (id: string, status: string, attempts: number) =>
    eventually(async () => {
      const delivery = await read(id);
      return delivery.status === status && delivery.attempts.length === attempts ? delivery : undefined;
    });
  const wordsOf = ({ attempts }: { attempts: { decision: string }[] }) => attempts.map(({ decision }) => decision);

  async function send(endpoint: string, schedule: readonly number[], status: string, attempts: number) {
    schedules.set(endpoint, schedule);
    const [id = ''] = await probe.enqueue(endpoint);
    return reached(id, status, attempts);
  }

  test('replaces number and interval of the retries, and the decisions say so', async () => {
    const delivery = await send('two', [0.01, 0.02], 'failed', 3);
    assert.deepEqual(wordsOf(delivery), [
      'retry 1 of 2 in 0.01 s: the endpoint failed',
      'retry 2 of 2 in 0.02 s: the endpoint failed',
      'failed: the endpoint failed, no retries left',
    ]);
  });

  test('an empty schedule makes one attempt', async () => {
    assert.deepEqual(wordsOf(await send('one', [], 'failed', 1)), ['failed: the endpoint failed, no retries left']);
  });

  test('an answer that is not retried ends the delivery all the same', async () => {
    assert.deepEqual(wordsOf(await send('rejected', [0.01, 0.01], 'failed', 1)), ['failed: rejected by the endpoint']);
  });

  test('a wait of a week is kept, counts from the end of the attempt, and ends when the endpoint is held and released', async () => {
    const delivery = await send('week', [7 * dayS], 'pending', 1);
    const [attempt] = delivery.attempts;
    const end = (attempt?.startedAt ?? 0) + (attempt?.durationMicros ?? 0);
    const waits = (delivery.nextAttemptAt ?? 0) - end;
    assert.ok(waits >= 7 * dayS * 1_000_000 && waits < 7 * dayS * 1_000_000 + 60_000_000, String(waits));
    const wait = async () =>
      (await probe.database.read((db) => db(queueTable).where({ delivery_id: delivery.id }).first('wait_us'))).wait_us;
    assert.equal(await wait(), 7 * dayS * 1_000_000);
    schedules.set('week', []);
    const endpoint = { kind: probeKind, id: 'week' };
    await probe.transaction((trx) => probe.dispatcher.hold(trx, endpoint));
    await probe.transaction((trx) => probe.dispatcher.release(trx, endpoint));
    await reached(delivery.id, 'failed', 2);
  });

  test('a schedule that is shortened while a delivery waits is obeyed at its next attempt', async () => {
    const delivery = await send('shortened', [0.01, dayS, dayS], 'pending', 2);
    schedules.set('shortened', [60]);
    gateway.clock.advance((dayS + 1) * 1000);
    const after = await reached(delivery.id, 'failed', 3);
    assert.equal(after.decision, 'failed: the endpoint failed, no retries left');
  });

  test('redelivery starts the schedule again', async () => {
    const { id } = await send('again', [0.01], 'failed', 2);
    await probe.transaction((trx) => probe.dispatcher.deliveries.redeliver(trx, 'test-org', id));
    const words = wordsOf(await reached(id, 'failed', 4));
    assert.equal(words[2], 'retry 1 of 1 in 0.01 s: the endpoint failed');
  });

  for (const schedule of [[0], [-1], [Number.NaN], [604_801], Array<number>(21).fill(1)])
    test(`the schedule [${schedule}] is invalid: no attempt is made`, async () => {
      const endpoint = `invalid-${schedule.length}-${schedule[0]}`;
      schedules.set(endpoint, schedule);
      await probe.enqueue(endpoint);
      await eventually(() =>
        gateway.log.some((line) => line.includes('invalid delivery.retrySchedule') && line.includes(endpoint)),
      );
      assert.ok(!receiver.received.some(({ path }) => path === `/${endpoint}`));
    });
});
