import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCollectedMetrics, type MetricsMember } from '../../src/workers/collected-metrics.ts';
import type { MetricValues } from '../../src/workers/messages.ts';
import { createFullRegistry } from '../support/all-metrics.ts';
import { listedMetrics } from './documents.ts';

test('docs/operations.md lists exactly the metrics of one process and of several', async () => {
  const { registry, end } = createFullRegistry();
  try {
    const collected = createCollectedMetrics();
    const member: MetricsMember = {
      tell: async (message) => {
        if (message.kind !== 'read-metrics') return;
        const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricValues[];
        collected.take(member, { kind: 'metrics', round: message.round, metrics });
      },
    };
    collected.join(member);
    const served = [...(await collected.metrics()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
    assert.deepEqual(listedMetrics().toSorted(), served.toSorted());
  } finally {
    end();
  }
});
