import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { answer, createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { createProbe, type Probe, probeKind } from '../support/probe-plugin.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const other = `00-${traceId}-00f067aa0ba902b8-00`;

onEveryEngine('the trace of an event', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;

  before(async () => {
    receiver = await createReceiver();
    probe = createProbe(receiver.url);
    const env = {
      DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
      DISPATCH_RETRY_INTERVAL_MS: '20',
      DISPATCH_MAX_RETRIES: '1',
      DISPATCH_POLL_INTERVAL_MS: '20',
    };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  beforeEach(() => receiver.script(() => answer(200)));
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const settled = (id: string, attempts = 1) =>
    eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      const isSettled = ['delivered', 'failed'].includes(delivery.status);
      return isSettled && delivery.attempts.length === attempts ? delivery : undefined;
    });
  const sentTo = (endpoint: string) =>
    receiver.received.filter(({ path }) => path === `/${endpoint}`).map(({ headers }) => headers.traceparent);
  const enqueue = (endpoint: string, given: readonly (string | undefined)[], payload = '{"data":{}}') =>
    probe.transaction((trx) =>
      probe.dispatcher.enqueue(
        trx,
        given.map((traceparent) => ({
          organization: 'test-org',
          endpoint: { kind: probeKind, id: endpoint },
          type: 'traced',
          payload,
          traceparent,
        })),
      ),
    );

  test('the trace goes with every attempt and into its record, and a redelivery keeps it', async () => {
    receiver.script(() => answer(500));
    const [accepted] = await enqueue('retried', [traceparent]);
    const id = accepted?.id ?? '';
    const first = await settled(id, 2);
    assert.deepEqual(sentTo('retried'), [traceparent, traceparent]);
    receiver.script(() => answer(200));
    await probe.transaction((trx) => probe.dispatcher.deliveries.redeliver(trx, 'test-org', id));
    const again = await settled(id, 3);
    assert.deepEqual(sentTo('retried'), [traceparent, traceparent, traceparent]);
    for (const { traceId: found, requestHeaders } of [...first.attempts, ...again.attempts])
      assert.deepEqual([found, requestHeaders?.traceparent], [traceId, traceparent]);
  });

  test('a delivery without one sends none', async () => {
    const [accepted] = await enqueue('untraced', [undefined]);
    const { attempts } = await settled(accepted?.id ?? '');
    assert.deepEqual(sentTo('untraced'), [undefined]);
    assert.deepEqual([attempts[0]?.traceId, attempts[0]?.requestHeaders?.traceparent], [undefined, undefined]);
  });

  test('deliveries of one payload share an event only within a trace', async () => {
    const accepted = await enqueue('shared', [traceparent, traceparent, other, undefined]);
    const found = await Promise.all(accepted.map(({ id }) => settled(id)));
    assert.deepEqual(
      found.map(({ attempts }) => attempts[0]?.requestHeaders?.traceparent),
      [traceparent, traceparent, other, undefined],
    );
    const [a, b, c, d] = found.map(({ eventId }) => eventId);
    assert.equal(a, b);
    assert.equal(new Set([a, c, d]).size, 3);
  });

  test('an invalid one is refused, and nothing is accepted', async () => {
    for (const invalid of ['', 'x', `${traceparent}\r\nx-a: 1`, traceparent.toUpperCase()])
      await assert.rejects(enqueue('invalid', [invalid]), RangeError);
    const endpoint = { kind: probeKind, id: 'invalid' };
    assert.equal(await probe.transaction((trx) => probe.dispatcher.hasOpen(trx, endpoint)), false);
  });
});
