import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { killAfterMs } from '../../src/cli/supervise-workers.ts';
import { loadConfig, longestStopMs } from '../../src/config.ts';
import { openDispatcher } from '../../src/dispatcher/open-dispatcher.ts';
import { createGatewayMetrics } from '../../src/gateway/entry/gateway-metrics.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { registerOwnMetrics } from '../../src/metrics/own-metrics.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { measureExpiry } from '../../src/tls/open-tls.ts';
import { createCollectedMetrics, type MetricsMember } from '../../src/workers/collected-metrics.ts';
import type { MetricValues } from '../../src/workers/messages.ts';
import { listedMetrics, readDocument } from './documents.ts';

test('docs/operations.md lists exactly the metrics of one process and of several', async () => {
  const gateway = await createTestGateway({ plugins: [] });
  let endOwn: () => void = () => undefined;
  try {
    const registry = createMetricsRegistry();
    openDispatcher(gateway.app.foundation, registry);
    createGatewayMetrics(registry, () => []);
    measureExpiry(registry, () => ({ notAfter: 0 }));
    endOwn = registerOwnMetrics(registry, { version: '1', role: 'all', outages: { outage: undefined } });
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
    endOwn();
    await gateway.close();
  }
});

test('the unit of docs/operations.md stops a gateway for longer than a stop may take', () => {
  const [, seconds = ''] = /^TimeoutStopSec=(\d+)$/m.exec(readDocument('docs/operations.md')) ?? [];
  assert.ok(Number(seconds) * 1000 > longestStopMs(loadConfig({})) + killAfterMs);
});

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { runbook: string } }[] }[];
}

/** Names in an expression of Prometheus: metrics without the suffixes of a histogram, and labels. */
function namesIn(expression: string): { metrics: string[]; labels: string[] } {
  const plain = expression.replaceAll(/"[^"]*"|\[\w+\]/g, '');
  const groups = /by \(([^)]*)\)|\{([^}]*)\}/g;
  const labels = [...plain.matchAll(groups)].flatMap(([, by, braces]) => (by ?? braces ?? '').match(/[a-z_]+/g) ?? []);
  // A function has its bracket, or `by`, behind it.
  const rest = plain
    .replaceAll(groups, '')
    .replaceAll(/[a-z_]+ *\(/g, '')
    .replaceAll(/\bor\b/g, '');
  return {
    metrics: (rest.match(/\b[a-z_]\w*/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, '')),
    labels,
  };
}

test('the names of an expression are found', () => {
  assert.deepEqual(namesIn('sum by (le, target) (rate(a_b_bucket{code=~"5.."}[5m])) > 1 or max(c_d) == 0'), {
    metrics: ['a_b', 'c_d'],
    labels: ['le', 'target', 'code'],
  });
});

test('every alert of docs/operations.md uses metrics and labels of its table, and leads to a section', () => {
  const page = readDocument('docs/operations.md');
  const [, block = ''] = /`hookgate\.rules\.yaml`:\n\n```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const rules = (parse(block) as Rules).groups.flatMap((group) => group.rules);
  assert.notEqual(rules.length, 0);
  const metricsKnown = new Set(['up', ...listedMetrics()]);
  const labelsKnown = new Set(['le', 'job', ...[...page.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)]);
  for (const { alert, expr, annotations } of rules) {
    const { metrics, labels } = namesIn(expr);
    assert.notEqual(metrics.length, 0, alert);
    assert.deepEqual(
      metrics.filter((name) => !metricsKnown.has(name)),
      [],
      alert,
    );
    assert.deepEqual(
      labels.filter((name) => !labelsKnown.has(name)),
      [],
      alert,
    );
    assert.match(page, new RegExp(`^##+ ${annotations.runbook.slice(1).replaceAll('-', ',? ')}$`, 'im'), alert);
  }
});
