import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { Counter, Gauge, Histogram } from '../../src/packages/prometheus.ts';
import {
  type CollectedMetrics,
  createCollectedMetrics,
  type MetricsMember,
} from '../../src/workers/collected-metrics.ts';
import type { MetricValues, ToWorker } from '../../src/workers/messages.ts';

/** A registry with one metric of each kind that the gateway uses. */
function createNumbers() {
  const registers = [createMetricsRegistry()];
  return {
    registry: registers[0] as (typeof registers)[0] & object,
    requests: new Counter({ name: 'requests_total', help: 'a', labelNames: ['target'], registers }),
    seconds: new Histogram({ name: 'seconds', help: 'a', buckets: [1, 2], registers }),
    open: new Gauge({ name: 'open', help: 'a', registers }),
    queued: new Gauge({ name: 'queued', help: 'a', aggregator: 'max', registers }),
  };
}

type Answering = 'at once' | 'never' | 'without values';

function createMember(collected: CollectedMetrics) {
  const numbers = createNumbers();
  let answering: Answering = 'at once';
  const member: MetricsMember = { tell };

  async function answer(round: number): Promise<void> {
    if (answering === 'never') return;
    // Serialized, as by the channel between processes.
    const metrics = JSON.parse(JSON.stringify(await numbers.registry.getMetricsAsJSON())) as MetricValues[];
    collected.take(member, { kind: 'metrics', round, ...(answering === 'at once' ? { metrics } : {}) });
  }

  function tell(message: ToWorker): void {
    if (message.kind === 'read-metrics') void answer(message.round);
  }

  collected.join(member);
  return {
    ...numbers,
    member,
    answers: (how: Answering) => {
      answering = how;
    },
  };
}

function start(withinMs?: number) {
  const collected = createCollectedMetrics(withinMs);
  return { collected, one: createMember(collected), other: createMember(collected), read: () => read(collected) };
}

/** Values by metric name and labels. */
async function read(collected: CollectedMetrics): Promise<Record<string, number>> {
  const lines = (await collected.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('metrics of several workers', () => {
  test('metrics are summed over the workers, except metrics of a shared source', async () => {
    const { one, other, read } = start();
    one.requests.inc({ target: 'a' }, 3);
    other.requests.inc({ target: 'a' }, 4);
    other.requests.inc({ target: 'b' });
    one.seconds.observe(0.5);
    other.seconds.observe(1.5);
    for (const { open, queued } of [one, other]) {
      open.set(2);
      queued.set(7);
    }
    const seen = await read();
    assert.equal(seen['requests_total{target="a"}'], 7);
    assert.equal(seen['requests_total{target="b"}'], 1);
    assert.equal(seen['seconds_bucket{le="1"}'], 1);
    assert.equal(seen['seconds_bucket{le="2"}'], 2);
    assert.equal(seen.seconds_sum, 2);
    assert.equal(seen.open, 4);
    assert.equal(seen.queued, 7);
    assert.equal(seen.hookgate_workers, 2);
  });

  test('counts do not decrease when workers die and are replaced', async () => {
    const { collected, one, other, read } = start();
    one.requests.inc({ target: 'a' }, 3);
    one.seconds.observe(0.5);
    one.open.set(1);
    other.requests.inc({ target: 'a' }, 4);
    other.open.set(1);
    await read();
    for (const { member } of [one, other]) {
      collected.leave(member);
      collected.noteReplacement();
      createMember(collected).requests.inc({ target: 'a' });
    }
    for (const _again of [1, 2]) {
      const seen = await read();
      assert.equal(seen['requests_total{target="a"}'], 9);
      assert.equal(seen.seconds_count, 1);
      assert.equal(seen.open, 0);
      assert.equal(seen.hookgate_workers_replaced_total, 2);
    }
  });

  test('a worker that does not answer contributes its last counts, and no gauges', async () => {
    const { one, other, read } = start(50);
    one.requests.inc({ target: 'a' }, 3);
    other.requests.inc({ target: 'a' }, 4);
    other.open.set(1);
    await read();
    one.requests.inc({ target: 'a' });
    for (const how of ['never', 'without values'] as const) {
      other.answers(how);
      const seen = await read();
      assert.equal(seen['requests_total{target="a"}'], 8, how);
      assert.equal(seen.open, 0);
      assert.equal(seen.hookgate_workers, 1);
    }
  });

  test('a reading does not wait for a worker that dies meanwhile, and counts it once', async () => {
    const { collected, one, other, read } = start(60_000);
    one.requests.inc({ target: 'a' }, 3);
    other.requests.inc({ target: 'a' }, 4);
    await read();
    other.answers('never');
    const seen = read();
    collected.leave(other.member);
    assert.equal((await seen)['requests_total{target="a"}'], 7);
  });

  test('a reading fails if no worker answers, and works again later', async () => {
    const { one, other, read } = start(20);
    for (const { answers } of [one, other]) answers('never');
    await assert.rejects(read());
    one.answers('at once');
    assert.equal((await read()).hookgate_workers, 1);
  });

  test('concurrent readers share one reading', async () => {
    const { collected, one } = start();
    const texts = await Promise.all([collected.metrics(), collected.metrics()]);
    assert.equal(texts[0], texts[1]);
    one.requests.inc({ target: 'a' });
    assert.notEqual(await collected.metrics(), texts[0]);
  });
});
