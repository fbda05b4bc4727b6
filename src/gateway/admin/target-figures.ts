import { addBuckets, noCalls, quantileMs, sumOf, type WindowCounts } from '../../metrics/call-window.ts';
import type { BreakerState, ProcessReport, TargetReport, UpstreamReport } from '../../metrics/target-report.ts';
import type { Target } from '../call/target.ts';

/** A target with its state and its figures of the last minute, over all processes that have reported. */
export interface TargetFigures {
  name: string;
  kind: 'plugin' | 'remote';
  summary: string | null;
  prefixes: readonly string[];
  hosts: readonly string[];
  /** `down`: no upstream can be used; `degraded`: some cannot. */
  state: 'up' | 'degraded' | 'down';
  requests_per_second: number;
  p50_ms: number | null;
  p99_ms: number | null;
  /** Part of the responses with a status of 500 or above; null without calls. */
  error_rate: number | null;
  upstreams: { origin: string; state: 'up' | 'down'; breaker: BreakerState; in_flight: number }[];
}

/** The figures of this process. `callsOf`: calls of the target with this name; undefined if there were none. */
export const reportOf = (
  targets: readonly Target[],
  callsOf: (name: string) => WindowCounts | undefined,
): ProcessReport =>
  targets.map(({ name, upstreams }) => ({
    name,
    calls: callsOf(name) ?? noCalls,
    ...(upstreams ? { upstreams: upstreams.map(toUpstreamReport) } : {}),
  }));

const toUpstreamReport = ({ origin, isHealthy, breakerState, pending }: NonNullable<Target['upstreams']>[number]) => ({
  ...{ origin, isHealthy, breaker: breakerState, inFlight: pending },
});

/** Sums the reports of processes for these targets, ordered by name. An upstream has the worst state that any reports. */
export function sumReports(targets: readonly Target[], reports: readonly ProcessReport[]): TargetFigures[] {
  const byName = Map.groupBy(reports.flat(), ({ name }) => name);
  return targets
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((target) => toFigures(target, byName.get(target.name) ?? []));
}

function toFigures(target: Target, reports: readonly TargetReport[]): TargetFigures {
  const buckets = addBuckets(reports.map(({ calls }) => calls.buckets));
  const count = sumOf(buckets);
  const perSecond = sumOf(reports.map(({ calls }) => sumOf(calls.buckets) / calls.seconds));
  const upstreams = sumUpstreams(
    target,
    reports.flatMap((report) => report.upstreams ?? []),
  );
  return {
    name: target.name,
    kind: target.upstreams ? 'remote' : 'plugin',
    summary: target.summary === '' ? null : target.summary,
    prefixes: target.prefixes,
    hosts: target.hosts ?? [],
    state: stateOf(upstreams),
    requests_per_second: rounded(perSecond),
    p50_ms: quantileMs(buckets, 0.5),
    p99_ms: quantileMs(buckets, 0.99),
    error_rate: count === 0 ? null : rounded(sumOf(reports.map(({ calls }) => calls.errors)) / count),
    upstreams,
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const fromBest: readonly BreakerState[] = ['closed', 'half_open', 'open'];

function sumUpstreams({ upstreams = [] }: Target, reports: readonly UpstreamReport[]): TargetFigures['upstreams'] {
  return upstreams.map(({ origin }) => {
    const own = reports.filter((report) => report.origin === origin);
    const isDown = own.some(({ isHealthy }) => !isHealthy);
    const worst = Math.max(0, ...own.map(({ breaker }) => fromBest.indexOf(breaker)));
    return {
      ...{ origin, state: isDown ? 'down' : 'up', breaker: fromBest[worst] ?? 'closed' },
      in_flight: sumOf(own.map(({ inFlight }) => inFlight)),
    };
  });
}

function stateOf(upstreams: TargetFigures['upstreams']): TargetFigures['state'] {
  const usable = upstreams.filter(({ state, breaker }) => state === 'up' && breaker === 'closed').length;
  if (usable === upstreams.length) return 'up';
  return usable === 0 ? 'down' : 'degraded';
}
