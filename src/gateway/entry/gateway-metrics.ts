import type { Registry } from 'prom-client';
import type { WindowCounts } from '../../metrics/call-window.ts';
import { registerHistogram } from '../../metrics/histogram.ts';
import { Counter, Gauge } from '../../packages/prometheus.ts';
import type { Call, Target } from '../call/target.ts';
import { createGatewayCounts, describeAnswer, durationBounds, type GatewayCounts } from './gateway-counts.ts';

export interface Measure {
  /** Measures a call; to be called on its arrival. */
  call(call: Call): void;
  /**
   * Ends the call with its 101 and counts the tunnel from then on: hours of an open connection are no time of a response.
   */
  tunnel(call: Call): void;
}

export interface GatewayMetrics extends Measure {
  /** Calls of the last minute to the target with this name; undefined if it was never called. */
  recentCalls(target: string): WindowCounts | undefined;
}

/** Registers the metrics of calls. */
export function createGatewayMetrics(registry: Registry, targets: () => readonly Target[]): GatewayMetrics {
  const counts = createGatewayCounts(targets);
  registerCalls(registry, counts);
  registerRefusals(registry, counts);
  registerUpstreamCalls(registry, counts);
  registerUpstreams(registry, targets);
  const end = (call: Call): void => {
    counts.inFlight -= 1;
    counts.add(call);
  };
  const tunnels = new WeakSet<Call>();
  return {
    call(call) {
      counts.inFlight += 1;
      call.onClosed(() => {
        if (tunnels.has(call)) counts.tunnels -= 1;
        else end(call);
      });
    },
    tunnel(call) {
      if (call.res.closed) return;
      end(call);
      tunnels.add(call);
      counts.tunnels += 1;
    },
    recentCalls: (target) => counts.targets.get(target)?.recent.read(performance.now()),
  };
}

function registerCalls(registry: Registry, counts: GatewayCounts): void {
  const registers = [registry];
  new Counter({
    name: 'hookgate_http_requests_total',
    help: 'Requests by target, route, method and status.',
    labelNames: ['target', 'route', 'method', 'status'],
    registers,
    collect() {
      this.reset();
      for (const [target, { routes }] of counts.targets)
        for (const [route, { answers }] of routes)
          for (const [answer, count] of answers) this.inc({ target, route, ...describeAnswer(answer) }, count);
    },
  });
  registerHistogram(registry, {
    name: 'hookgate_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its response.',
    labelNames: ['target', 'route'],
    bounds: durationBounds,
    series: () =>
      [...counts.targets].flatMap(([target, { routes }]) =>
        [...routes].map(([route, { duration }]) => ({ labels: { target, route }, distribution: duration })),
      ),
  });
  new Gauge({
    name: 'hookgate_http_requests_in_flight',
    help: 'Requests in flight.',
    registers,
    collect() {
      this.set(counts.inFlight);
    },
  });
  new Gauge({
    name: 'hookgate_tunnels_open',
    help: 'Open WebSockets and other upgraded connections.',
    registers,
    collect() {
      this.set(counts.tunnels);
    },
  });
}

function registerRefusals(registry: Registry, counts: GatewayCounts): void {
  const registers = [registry];
  new Counter({
    name: 'hookgate_rate_limited_total',
    help: 'Requests refused by a rate limit.',
    labelNames: ['target'],
    registers,
    collect() {
      this.reset();
      for (const [target, { rateLimited }] of counts.targets) this.inc({ target }, rateLimited);
    },
  });
  new Counter({
    name: 'hookgate_authentication_failures_total',
    help: 'Requests refused for missing or invalid credentials.',
    registers,
    collect() {
      this.reset();
      this.inc(counts.authenticationFailures);
    },
  });
}

function registerUpstreamCalls(registry: Registry, counts: GatewayCounts): void {
  registerHistogram(registry, {
    name: 'hookgate_upstream_duration_seconds',
    help: 'Time from the call of an upstream to the head of its response.',
    labelNames: ['target'],
    bounds: durationBounds,
    series: () =>
      [...counts.targets]
        .filter(([, { upstreamDuration }]) => upstreamDuration.sum > 0)
        .map(([target, { upstreamDuration }]) => ({ labels: { target }, distribution: upstreamDuration })),
  });
  new Counter({
    name: 'hookgate_upstream_errors_total',
    help: 'Calls that an upstream failed to answer completely.',
    labelNames: ['target', 'code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [target, { upstreamErrors }] of counts.targets)
        for (const [code, count] of upstreamErrors) this.inc({ target, code }, count);
    },
  });
}

function registerUpstreams(registry: Registry, targets: () => readonly Target[]): void {
  const registers = [registry];
  const labelNames = ['target', 'upstream'] as const;
  new Gauge({
    name: 'hookgate_upstream_open_breakers',
    help: '1 while the circuit breaker of the upstream is open.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name: target, upstreams = [] } of targets())
        for (const { origin: upstream, breakerState } of upstreams)
          this.set({ target, upstream }, breakerState === 'closed' ? 0 : 1);
    },
  });
  new Gauge({
    name: 'hookgate_upstream_healthy',
    help: '0 while the health check of the upstream fails.',
    aggregator: 'min',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name: target, upstreams = [] } of targets())
        for (const { origin: upstream, isHealthy } of upstreams) this.set({ target, upstream }, isHealthy ? 1 : 0);
    },
  });
}
