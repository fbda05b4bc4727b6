import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDispatcher } from '../../src/dispatcher/open-dispatcher.ts';
import { createGatewayMetrics } from '../../src/gateway/entry/gateway-metrics.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { createCollectedMetrics, type MetricsMember } from '../../src/workers/collected-metrics.ts';
import type { MetricValues } from '../../src/workers/messages.ts';
import { readDocument } from './documents.ts';

test('docs/operations.md lists exactly the metrics of one process and of several', async () => {
  const gateway = await createTestGateway({ plugins: [] });
  try {
    const registry = createMetricsRegistry();
    openDispatcher(gateway.app.foundation, registry);
    createGatewayMetrics(registry, () => []);
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
    const listed = [...readDocument('docs/operations.md').matchAll(/^\| `(hookgate_\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(listed.toSorted(), served.toSorted());
  } finally {
    await gateway.close();
  }
});
