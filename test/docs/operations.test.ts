import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDispatcher } from '../../src/dispatcher/open.ts';
import { createGatewayMetrics } from '../../src/gateway/gateway-metrics.ts';
import { createMetricsRegistry } from '../../src/metrics.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { readDocument } from './documents.ts';

test('docs/operations.md lists the metrics and no others', async () => {
  const gateway = await createTestGateway({ plugins: [] });
  try {
    const registry = createMetricsRegistry();
    openDispatcher(gateway.app.foundation, registry);
    createGatewayMetrics(registry, () => []);
    const listed = [...readDocument('docs/operations.md').matchAll(/^\| `(hookgate_\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(
      listed.toSorted(),
      registry
        .getMetricsAsArray()
        .map(({ name }) => name)
        .toSorted(),
    );
  } finally {
    await gateway.close();
  }
});
