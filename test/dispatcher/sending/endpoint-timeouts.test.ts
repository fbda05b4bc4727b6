import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

const usualMs = 300;
/** The lease leaves 2,000 ms of it to the answer: 2,200 ms are for connecting and own work, 1,000 ms for the wait before. */
const leaseMs = 5200;
const leftMs = 2000;
const concurrency = 16;

onEveryEngine('the timeout of an endpoint', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  const timeouts = new Map<string, number>();

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    probe.resolve = async (ids) =>
      new Map(
        ids.map((id) => {
          const timeoutMs = timeouts.get(id);
          return [
            id,
            { ...active(`${receiver.url}/${id}`), ...(timeoutMs === undefined ? {} : { delivery: { timeoutMs } }) },
          ];
        }),
      );
    const env = {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_POLL_INTERVAL_MS: '20',
      DISPATCH_CONNECT_TIMEOUT_MS: '100',
      DISPATCH_READ_TIMEOUT_MS: String(usualMs),
      DISPATCH_LEASE_MS: String(leaseMs),
      DISPATCH_CONCURRENCY: String(concurrency),
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await receiver.close();
    await gateway.close();
  });

  const countOf = (prefix: string) => receiver.received.filter(({ path }) => path.startsWith(`/${prefix}`)).length;
  const settled = (id: string) =>
    eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      return delivery.attempts.length > 0 ? delivery : undefined;
    });

  async function send(endpoint: string, timeoutMs?: number) {
    if (timeoutMs !== undefined) timeouts.set(endpoint, timeoutMs);
    const [id = ''] = await probe.enqueue(endpoint);
    const { attempts } = await settled(id);
    const [attempt] = attempts;
    return { error: attempt?.error, status: attempt?.status, ms: (attempt?.durationMicros ?? 0) / 1000 };
  }

  test('a shorter one ends the attempt earlier', async () => {
    receiver.script(() => ({ afterwards: 'silence' }));
    const { error, ms } = await send('short', 100);
    assert.equal(error, 'read_timeout');
    assert.ok(ms >= 98 && ms < patient(usualMs - 20), String(ms));
  });

  test('a longer one lets a slow endpoint answer, and others keep the usual one', async () => {
    receiver.script(() => ({ ...answer(200), delayMs: usualMs + 150 }));
    const [long, usual] = await Promise.all([send('long', 10_000), send('usual')]);
    assert.deepEqual([long.status, usual.error], [200, 'read_timeout']);
  });

  test('a timeout that is longer than the lease leaves is cut', async () => {
    receiver.script(() => ({ afterwards: 'silence' }));
    const { error, ms } = await send('cut', 10_000);
    assert.equal(error, 'read_timeout');
    assert.ok(ms >= leftMs - 2 && ms < leftMs + patient(1000), String(ms));
  });

  test('deliveries that wait for a slow endpoint are sent once, each under a lease that is long enough', async () => {
    timeouts.set('waiting', 10_000);
    receiver.script(() => answer(200));
    await Promise.all((await probe.enqueue('waiting', 20)).map(settled));
    receiver.script(() => ({ ...answer(200), delayMs: 450 }));
    const ids = await probe.enqueue('waiting', 40);
    const deliveries = await Promise.all(ids.map(settled));
    assert.deepEqual(new Set(deliveries.map(({ attempts }) => attempts.length)), new Set([1]));
    assert.equal(countOf('waiting'), 60);
  });

  test('endpoints with long timeouts stay within the share of new and failing ones', async () => {
    for (let index = 0; index < 30; index += 1) timeouts.set(`silent${index}`, 10_000);
    receiver.script(({ path }) => (path.startsWith('/silent') ? { afterwards: 'silence' } : answer(200)));
    const open: number[] = [];
    for (let index = 0; index < 10; index += 1) await probe.enqueue(`good${index}`);
    await eventually(() => countOf('good') === 10);
    for (let index = 0; index < 30; index += 1) await probe.enqueue(`silent${index}`, 5);
    for (let index = 0; index < 10; index += 1) await probe.enqueue(`good${index}`, 30);
    await eventually(() => {
      open.push(
        receiver.received.filter(({ path, at }) => path.startsWith('/silent') && performance.now() - at < leftMs / 2)
          .length,
      );
      return countOf('good') === 310;
    });
    // Unknown endpoints have a quarter of the slots, and failing ones another quarter.
    assert.ok(Math.max(...open) <= concurrency / 2, open.join(' '));
    assert.ok(countOf('silent') < 150, 'the good ones were last');
  });
});
