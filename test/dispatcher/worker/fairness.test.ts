import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../../../src/settings.ts';
import { answer, createReceiver, createTestGateway, type Receiver } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { patient, tooSlowHere, watchStalls } from '../../support/patience.ts';
import { active, createProbe, type Probe } from '../../support/probe-plugin.ts';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const countOf = ({ received }: Receiver, prefix: string): number =>
  received.filter(({ path }) => path.startsWith(`/${prefix}`)).length;

/** The sender's read timeout, and the time for which an attempt counts as open in this test. */
const silenceMs = 600;
const openMs = 200;

onEveryEngine('fairness', ({ serverUrl }) => {
  /** Runs `work` with a gateway whose endpoints point to the receiver, and closes both afterwards. */
  async function withProbe(env: Environment, work: (probe: Probe, receiver: Receiver) => Promise<void>): Promise<void> {
    const receiver = await createReceiver();
    const probe = createProbe(receiver.url);
    const gateway = await createTestGateway({
      plugins: [probe.plugin],
      serverUrl,
      env: { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', ...env },
    });
    try {
      await work(probe, receiver);
    } finally {
      await gateway.close();
      await receiver.close();
    }
  }

  const enqueueAll = async (probe: Probe, endpoints: readonly string[], each: number): Promise<void> => {
    for (const endpoint of endpoints) await probe.enqueue(endpoint, each);
  };

  test('an endpoint with 2,000 due deliveries does not delay twenty others', () =>
    withProbe({}, async (probe, receiver) => {
      await probe.enqueue('big', 2000);
      await eventually(() => countOf(receiver, 'big') > 0);
      const before = countOf(receiver, 'big');
      await enqueueAll(probe, names('small', 20), 5);
      await eventually(() => countOf(receiver, 'small') === 100);
      const meanwhile = countOf(receiver, 'big') - before;
      assert.ok(meanwhile < 1000, `${meanwhile} went before`);
      const then = countOf(receiver, 'big');
      await eventually(() => countOf(receiver, 'big') >= Math.min(2000, then + 400), 60_000);
    }));

  test('endpoints that never answer do not delay the others', (t) =>
    withProbe(
      {
        DISPATCH_CONCURRENCY: '16',
        DISPATCH_READ_TIMEOUT_MS: String(silenceMs),
        DISPATCH_CONNECT_TIMEOUT_MS: String(silenceMs),
        DISPATCH_MAX_RETRIES: '0',
      },
      async (probe, receiver) => {
        const silent = { open: 0, most: 0 };
        const longestStall = watchStalls();
        receiver.script(({ path }) => {
          if (!path.startsWith('/silent')) return answer(200);
          silent.open += 1;
          silent.most = Math.max(silent.most, silent.open);
          // Well before the sender's timeout, so that a late arrival here does not overlap with the next attempt.
          setTimeout(() => {
            silent.open -= 1;
          }, openMs);
          return { afterwards: 'silence' };
        });
        await enqueueAll(probe, names('good', 10), 1);
        await eventually(() => countOf(receiver, 'good') === 10);
        await enqueueAll(probe, names('silent', 30), 5);
        // By now some endpoints are known to fail, and the others are unknown.
        await eventually(() => countOf(receiver, 'silent') >= 12);
        await enqueueAll(probe, names('good', 10), 30);
        await eventually(() => countOf(receiver, 'good') === 310);
        assert.ok(countOf(receiver, 'silent') < 150, 'the good ones were last');
        // An arrival this late overlaps with the next attempt.
        if (silent.most > 8 && tooSlowHere(t, longestStall(), silenceMs - openMs)) return;
        // Unknown endpoints have a quarter of the slots, and failing ones another quarter.
        assert.ok(silent.most <= 8, `${silent.most} of 16 slots`);
      },
    ));

  test('many deliveries for endpoints that never answer do not delay the ones behind them', () =>
    withProbe({ DISPATCH_READ_TIMEOUT_MS: '2000' }, async (probe, receiver) => {
      receiver.script(({ path }) => (path.startsWith('/good') ? answer(200) : { afterwards: 'silence' }));
      await enqueueAll(probe, names('silent', 30), 60);
      await probe.enqueue('good0', 100);
      await probe.enqueue('good1', 100, { organization: 'another' });
      const started = performance.now();
      await eventually(() => countOf(receiver, 'good') === 200);
      const tookMs = performance.now() - started;
      assert.ok(tookMs < patient(5000), `it took ${tookMs} ms`);
    }));

  test('the limits of an endpoint and of an origin are kept and used up', () =>
    withProbe({ DISPATCH_ENDPOINT_CONCURRENCY: '3', DISPATCH_ORIGIN_CONCURRENCY: '10' }, async (probe, receiver) => {
      const open = new Map<string, number>();
      const most = { endpoint: 0, origin: 0 };
      const change = (path: string, by: number): void => void open.set(path, (open.get(path) ?? 0) + by);
      receiver.script(({ path }) => {
        change(path, 1);
        most.endpoint = Math.max(most.endpoint, open.get(path) ?? 0);
        most.origin = Math.max(
          most.origin,
          [...open.values()].reduce((sum, count) => sum + count),
        );
        setTimeout(() => change(path, -1), 28);
        return { ...answer(200), delayMs: 30 };
      });
      await enqueueAll(probe, names('capped', 8), 40);
      await eventually(() => countOf(receiver, 'capped') === 320, 30_000);
      assert.deepEqual(most, { endpoint: 3, origin: 10 });
    }));

  test('an origin at its limit does not take the slots of others', async () => {
    const elsewhere = await createReceiver();
    try {
      await withProbe({ DISPATCH_CONCURRENCY: '128', DISPATCH_ORIGIN_CONCURRENCY: '4' }, async (probe, receiver) => {
        const { resolve } = probe;
        probe.resolve = async (ids) => {
          const others = ids
            .filter((id) => id.startsWith('elsewhere'))
            .map((id) => [id, active(`${elsewhere.url}/${id}`)]);
          return new Map([...(await resolve(ids)), ...(others as [string, ReturnType<typeof active>][])]);
        };
        receiver.script(() => ({ ...answer(200), delayMs: 100 }));
        await enqueueAll(probe, names('slow', 60), 5);
        await eventually(() => countOf(receiver, 'slow') >= 20);
        const before = countOf(receiver, 'slow');
        await enqueueAll(probe, names('elsewhere', 5), 20);
        await eventually(() => countOf(elsewhere, 'elsewhere') === 100);
        const meanwhile = countOf(receiver, 'slow') - before;
        assert.ok(meanwhile < 80, `${meanwhile} went before`);
      });
    } finally {
      await elsewhere.close();
    }
  });
});
