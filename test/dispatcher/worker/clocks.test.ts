import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { createProbe, type Probe } from '../../support/probe-plugin.ts';

const realNow = Date.now;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const jumps: [name: string, ms: number][] = [
  ['an hour forward', hourMs],
  ['an hour back', -hourMs],
  ['a day forward', 24 * hourMs],
  ['a day back', -24 * hourMs],
];

onEveryEngine('deliveries while a clock is set', ({ name, serverUrl, createDatabase }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  /** Simulated step of this machine's wall clock, in milliseconds. */
  let step = 0;

  const env = {
    DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
    DISPATCH_POLL_INTERVAL_MS: '100',
  };

  beforeEach(async () => {
    step = 0;
    mock.method(Date, 'now', () => realNow() + step);
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  afterEach(async () => {
    await gateway.close();
    await receiver.close();
    mock.restoreAll();
  });

  const read = (id: string) => probe.dispatcher.deliveries.read('test-org', id);
  const row = (id: string) => probe.database.read((db) => db('dispatcher_queue').where({ delivery_id: id }).first());

  const delivered = (id: string) =>
    eventually(async () => {
      const delivery = await read(id);
      return delivery.status === 'delivered' ? delivery : undefined;
    });

  /** Makes a server's process measure the time. */
  function correct(): void {
    step += 200;
  }

  const timestampOf = (id: string): number =>
    Number(receiver.received.find(({ headers }) => headers['webhook-id'] === id)?.headers['webhook-timestamp']) * 1000;

  /**
   * Sets a clock while attempts are in flight at an endpoint with free slots, and at a new one, for which other deliveries
   * wait. A delivery to each follows.
   */
  async function jump(set: () => void): Promise<string[]> {
    await delivered((await probe.enqueue('proven'))[0] ?? '');
    receiver.received.splice(0);
    receiver.script(() => ({ ...answer(200), delayMs: 500 }));
    const before = [...(await probe.enqueue('proven', 2)), ...(await probe.enqueue('new', 4))];
    await eventually(() => receiver.received.length === 3);
    set();
    return [...before, ...(await probe.enqueue('proven')), ...(await probe.enqueue('new'))];
  }

  async function assertSentOnce(ids: readonly string[], by: readonly number[]): Promise<void> {
    for (const id of ids) {
      const { attempts } = await delivered(id);
      assert.equal(attempts.length, 1, JSON.stringify(attempts));
      const offsets = by.map((ms) => Math.abs(timestampOf(id) - realNow() - ms));
      assert.ok(Math.min(...offsets) < minuteMs, `${offsets}`);
    }
    assert.equal(receiver.received.length, ids.length);
  }

  for (const [words, ms] of [...jumps, ['a minute forward', minuteMs] as const]) {
    test(`each delivery is sent once when the wall clock is set ${words}`, async () => {
      const ids = await jump(() => {
        step = ms;
      });
      await assertSentOnce(ids, name === 'sqlite' ? [0, ms] : [0]);
    });

    test(`each delivery is sent once when the dispatcher's time moves ${words} and is corrected`, async () => {
      const ids = await jump(() => gateway.clock.advance(ms));
      const last = ids.at(-1) ?? '';
      // The last delivery was accepted by the wrong clock and waits.
      const { due_at: dueAt } = await row(last);
      assert.ok(Math.abs(dueAt / 1000 - realNow() - ms) < minuteMs);
      if (name === 'sqlite') gateway.clock.advance(-ms);
      else correct();
      await assertSentOnce(ids, [0, ms]);
    });
  }

  test('a retry that was scheduled by a clock an hour ahead comes once the clock is right', async () => {
    gateway.clock.advance(hourMs);
    receiver.script((_, count) => answer(count === 1 ? 500 : 200));
    const [id = ''] = await probe.enqueue('failing');
    await eventually(async () => (await read(id)).attempts.length === 1);
    if (name === 'sqlite') gateway.clock.advance(-hourMs);
    else correct();
    assert.equal((await delivered(id)).attempts.length, 2);
  });

  test('a retry that is not due yet stays so when the clock is set back', async () => {
    receiver.script(() => answer(500));
    const [id = ''] = await probe.enqueue('failing');
    await eventually(async () => (await read(id)).attempts.length === 1);
    const { due_at: dueAt } = await row(id);
    gateway.clock.advance(-2000);
    if (name === 'mysql') correct();
    receiver.script(() => answer(200));
    await delivered((await probe.enqueue('other'))[0] ?? '');
    assert.equal((await row(id)).due_at, dueAt);
  });

  test('a delivery that waited for a time ahead is sent by the next process', async () => {
    const database = await createDatabase();
    const open = async () => {
      const next = createProbe(receiver.url);
      return { next, process: await createTestGateway({ plugins: [next.plugin], database, env }) };
    };
    const first = await open();
    receiver.script(() => ({ ...answer(200), delayMs: 300 }));
    const [, id = ''] = await first.next.enqueue('busy', 2);
    await first.next.transaction((trx) =>
      trx('dispatcher_queue')
        .where({ delivery_id: id })
        .update({ due_at: (realNow() + 3 * minuteMs) * 1000, lease_token: 0, lease_until: 0 }),
    );
    await eventually(() => receiver.received.length === 1);
    await first.process.close();
    const second = await open();
    await eventually(() => receiver.received.length === 2);
    await second.process.close();
    await database.drop();
  });
});
