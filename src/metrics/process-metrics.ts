import { readdir } from 'node:fs/promises';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { Counter, Gauge } from '../packages/prometheus.ts';
import { type GaugeParts, registerGauge } from './gauge.ts';
import { createDistribution, observe, registerHistogram } from './histogram.ts';

/** Milliseconds between two samples of the event loop, of which each costs some microseconds. */
const sampleMs = 20;
const gcBounds = [0.001, 0.01, 0.1, 1];
const gcKinds = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** The version of this gateway, with the value 1. */
export function registerBuildInfo(registry: Registry, labels: { version: string; role: string }): void {
  const node = process.versions.node;
  const labelNames = ['version', 'node', 'role'];
  const registers = [registry];
  const info = new Gauge({ name: 'hookgate_build_info', help: 'Versions.', aggregator: 'max', labelNames, registers });
  info.set({ ...labels, node }, 1);
}

/**
 * Registers metrics of the process under the names that Prometheus' clients share. Several processes of one gateway give the
 * sum of processor time, memory and descriptors, the earliest start and the worst lag. prom-client's own averages lags, and
 * cannot be stopped. Returns the end of the observation.
 */
export function registerProcessMetrics(registry: Registry): () => void {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1_000_000);
    },
  });
  const startedAt = Date.now() / 1000 - process.uptime();
  const sum = (name: string, help: string, read: GaugeParts['read']): void =>
    registerGauge(registry, { name, help, aggregator: 'sum', read });
  sum('process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss());
  sum('nodejs_heap_size_used_bytes', 'Memory of JavaScript.', () => process.memoryUsage().heapUsed);
  sum('process_open_fds', 'Open files and sockets.', countOpenFiles);
  const name = 'process_start_time_seconds';
  registerGauge(registry, { name, help: 'Start, in Unix time.', aggregator: 'min', read: () => startedAt });
  const endLag = registerLag(registry);
  const endGc = registerGc(registry);
  return () => {
    endLag();
    endGc();
  };
}

/** Undefined where the system does not tell. */
const countOpenFiles = (): Promise<number | undefined> =>
  readdir('/proc/self/fd').then(
    (open) => open.length,
    () => undefined,
  );

/** Lags since the last reading. */
function registerLag(registry: Registry): () => void {
  const delays = monitorEventLoopDelay({ resolution: sampleMs });
  delays.enable();
  const lag = (statistic: string, read: () => number): void =>
    registerGauge(registry, {
      name: `nodejs_eventloop_lag_${statistic}_seconds`,
      help: 'Delay of the event loop since the last reading.',
      aggregator: 'max',
      read: () => (delays.count === 0 ? 0 : Math.max(0, read() / 1e9 - sampleMs / 1000)),
    });
  lag('p50', () => delays.percentile(50));
  lag('p99', () => delays.percentile(99));
  lag('max', () => {
    const { max } = delays;
    // Read last: metrics are collected in the order of their registration.
    delays.reset();
    return max;
  });
  return () => void delays.disable();
}

function registerGc(registry: Registry): () => void {
  const kinds = new Map([...gcKinds.values()].map((kind) => [kind, createDistribution(gcBounds)]));
  registerHistogram(registry, {
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collections by kind.',
    labelNames: ['kind'],
    bounds: gcBounds,
    series: () => [...kinds].map(([kind, distribution]) => ({ labels: { kind }, distribution })),
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as PerformanceEntry & { detail: { kind: number } };
      const distribution = kinds.get(gcKinds.get(detail.kind) ?? '');
      if (distribution) observe(distribution, gcBounds, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
