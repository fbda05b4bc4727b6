import { CallWindow } from '../../metrics/call-window.ts';
import { createDistribution, type Distribution, observe } from '../../metrics/histogram.ts';
import { statusOf } from '../call/call.ts';
import type { Call, Target } from '../call/target.ts';

/** Calls of one route; the empty name stands for calls that matched no route. */
export interface RouteCounts {
  readonly duration: Distribution;
  /** By method and status, see `describeAnswer`. */
  readonly answers: Map<number, number>;
}

/** Calls of one target; the empty name stands for calls without a target, and for the gateway's own pages. */
export interface TargetCounts {
  readonly routes: Map<string, RouteCounts>;
  readonly upstreamDuration: Distribution;
  readonly upstreamErrors: Map<string, number>;
  rateLimited: number;
  /** Calls of the last minute. */
  readonly recent: CallWindow;
}

export interface GatewayCounts {
  readonly targets: ReadonlyMap<string, TargetCounts>;
  inFlight: number;
  /** Upgraded connections that are open. */
  tunnels: number;
  authenticationFailures: number;
  /** Counts a call whose response has ended or broken off, or that has become a tunnel. */
  add(call: Call): void;
}

export const durationBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const methods = ['OTHER', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'] as const;
const methodNumbers = new Map<string | undefined, number>(methods.map((name, index) => [name, index]));

export const describeAnswer = (answer: number) => ({
  method: methods[Math.floor(answer / 1000)] ?? 'OTHER',
  status: String(answer % 1000),
});

/**
 * Counts calls in plain numbers, which are read at a scrape. Callers choose none of the names of targets, routes and
 * codes, so these are few; targets that are no longer `current` are dropped when new ones appear.
 */
export function createGatewayCounts(current: () => readonly Target[]): GatewayCounts {
  const targets = new Map<string, TargetCounts>();

  const ofTarget = (name: string): TargetCounts => {
    let counts = targets.get(name);
    if (!counts) {
      const names = new Set(current().map((target) => target.name));
      for (const known of targets.keys()) if (known !== '' && !names.has(known)) targets.delete(known);
      counts = {
        routes: new Map(),
        upstreamDuration: createDistribution(durationBounds),
        upstreamErrors: new Map(),
        rateLimited: 0,
        recent: new CallWindow(),
      };
      targets.set(name, counts);
    }
    return counts;
  };

  return {
    targets,
    inFlight: 0,
    tunnels: 0,
    authenticationFailures: 0,
    add(call) {
      const { req, failureCode } = call;
      const target = ofTarget(call.target?.name ?? '');
      const { duration, answers } = ofRoute(target, call.match?.label ?? '');
      const status = statusOf(call);
      const now = performance.now();
      increment(answers, (methodNumbers.get(req.method) ?? 0) * 1000 + status);
      observe(duration, durationBounds, (now - call.startedAt) / 1000);
      target.recent.add(now, now - call.startedAt, status >= 500);
      if (call.upstreamMs !== undefined) observe(target.upstreamDuration, durationBounds, call.upstreamMs / 1000);
      if (failureCode === undefined) return;
      if (failureCode === 'UNAUTHORIZED') this.authenticationFailures += 1;
      else if (failureCode === 'RATE_LIMITED') target.rateLimited += 1;
      else if (failureCode.startsWith('UPSTREAM_')) increment(target.upstreamErrors, failureCode);
    },
  };
}

function ofRoute({ routes }: TargetCounts, label: string): RouteCounts {
  let counts = routes.get(label);
  if (!counts) {
    counts = { duration: createDistribution(durationBounds), answers: new Map() };
    routes.set(label, counts);
  }
  return counts;
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
