import { createRequire } from 'node:module';
import type * as Prometheus from 'prom-client';

const require = createRequire(import.meta.url);

// The package's main module also loads cluster, push gateway and process metrics, which would occupy memory unused.
export const Registry = require('prom-client/lib/registry.js') as typeof Prometheus.Registry;
export const Counter = require('prom-client/lib/counter.js') as typeof Prometheus.Counter;
export const Gauge = require('prom-client/lib/gauge.js') as typeof Prometheus.Gauge;
export const Histogram = require('prom-client/lib/histogram.js') as typeof Prometheus.Histogram;

/** Loaded on demand: only the process that aggregates the metrics of the workers needs it. */
export const loadAggregatorRegistry = () =>
  require('prom-client/lib/cluster.js') as typeof Prometheus.AggregatorRegistry;
