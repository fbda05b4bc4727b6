import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Registry } from 'prom-client';
import { measureReadiness, measureRedis } from '../../src/metrics/health-metrics.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { registerBuildInfo, registerProcessMetrics } from '../../src/metrics/process-metrics.ts';
import { loadAggregatorRegistry } from '../../src/packages/prometheus.ts';
import { eventually } from '../support/eventually.ts';

let registry: Registry;
let end: () => void;

before(() => {
  registry = createMetricsRegistry();
  registerBuildInfo(registry, { version: '1.2.3', role: 'all' });
  end = registerProcessMetrics(registry);
});
after(() => end());

const read = async (of: Pick<Registry, 'metrics'> = registry): Promise<Map<string, number>> =>
  new Map([...(await of.metrics()).matchAll(/^(\w\S*) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));

test('the process shows its version, processor time, memory, open files and start', async () => {
  const values = await read();
  const { node } = process.versions;
  assert.equal(values.get(`hookgate_build_info{version="1.2.3",role="all",node="${node}"}`), 1);
  const { rss, heapUsed } = process.memoryUsage();
  const near = (name: string, value: number) =>
    assert.ok(Math.abs((values.get(name) ?? 0) / value - 1) < 0.5, `${name} ${values.get(name)} ${value}`);
  near('process_resident_memory_bytes', rss);
  near('nodejs_heap_size_used_bytes', heapUsed);
  near('process_cpu_seconds_total', (process.cpuUsage().user + process.cpuUsage().system) / 1_000_000);
  near('process_start_time_seconds', Date.now() / 1000 - process.uptime());
  assert.ok((values.get('process_open_fds') ?? 0) > 3);
  assert.equal(values.get('nodejs_gc_duration_seconds_count{kind="major"}'), 0);
});

test('a blocked event loop shows as its lag, until the next reading', async () => {
  const max = 'nodejs_eventloop_lag_max_seconds';
  await read();
  await eventually(async () => {
    const until = performance.now() + 60;
    while (performance.now() < until);
    // The delay is recorded when the loop goes on.
    await new Promise((resolve) => setTimeout(resolve, 1));
    return ((await read()).get(max) ?? 0) > 0.03;
  });
  const values = await read();
  for (const name of ['p50', 'p99', 'max']) assert.ok((values.get(`nodejs_eventloop_lag_${name}_seconds`) ?? -1) >= 0);
});

test('collections of garbage are counted', async () => {
  await eventually(async () => {
    Array.from({ length: 100_000 }, () => ({ a: [] }));
    return ((await read()).get('nodejs_gc_duration_seconds_count{kind="minor"}') ?? 0) > 0;
  });
});

test('several processes give the sum of memory, the earliest start and the worst lag', async () => {
  const part = await registry.getMetricsAsJSON();
  const other = structuredClone(part) as { name: string; values: { value: number }[] }[];
  for (const { name, values } of other)
    for (const value of values) value.value = name.includes('lag') ? 99 : name.includes('start') ? 1 : value.value;
  const values = await read(loadAggregatorRegistry().aggregate([part, other as unknown as typeof part]));
  const of = (name: string): number => values.get(name) ?? 0;
  const own = part.find(({ name }) => name === 'process_resident_memory_bytes');
  assert.equal(of('process_resident_memory_bytes'), 2 * Number(own?.values[0]?.value));
  assert.deepEqual([of('process_start_time_seconds'), of('nodejs_eventloop_lag_p99_seconds')], [1, 99]);
  assert.equal([...values].find(([name]) => name.startsWith('hookgate_build_info'))?.[1], 1);
});

test('each check of /readyz has a value, of several workers the worst one, and Redis has one', async () => {
  const states = { database: 'ok', migrations: 'failed' } as const;
  const registry = createMetricsRegistry();
  const redis = { isUp: true };
  measureReadiness(registry, { check: async () => states });
  measureRedis(registry, redis);
  const bad = await registry.getMetricsAsJSON();
  assert.match(await registry.metrics(), /^hookgate_redis_up 1$/m);
  redis.isUp = false;
  const page = await registry.metrics();
  for (const line of [
    'hookgate_ready{check="database"} 1',
    'hookgate_ready{check="migrations"} 0',
    'hookgate_redis_up 0',
  ])
    assert.ok(page.includes(`\n${line}\n`), line);
  const other = createMetricsRegistry();
  measureReadiness(other, { check: async () => ({ database: 'failed', migrations: 'ok' }) });
  measureRedis(other, { isUp: false });
  const together = await loadAggregatorRegistry()
    .aggregate([bad, await other.getMetricsAsJSON()])
    .metrics();
  for (const line of [
    'hookgate_ready{check="database"} 0',
    'hookgate_ready{check="migrations"} 0',
    'hookgate_redis_up 0',
  ])
    assert.ok(together.includes(`\n${line}\n`), line);
});
