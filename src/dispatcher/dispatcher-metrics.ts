import type { Registry } from 'prom-client';
import { settledWithin } from '../answered-within.ts';
import type { Database } from '../database/database.ts';
import { registerGauge } from '../metrics/gauge.ts';
import { Counter, Gauge, Histogram } from '../packages/prometheus.ts';
import type { Result } from './model/delivery.ts';
import type { Outcome } from './model/outcome.ts';
import { type QueueState, readQueueState } from './store/queue-state.ts';

export interface DispatcherMetrics {
  /** Counts finished attempts. */
  attempted(results: readonly Result[]): void;
}

/** Less than the time for which the primary waits for its workers. */
const readWithinMs = 1500;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7];

export function createDispatcherMetrics(parts: {
  registry: Registry;
  database: Database;
  now: () => number;
  inFlight: () => number;
}): DispatcherMetrics {
  const { registry, database, now, inFlight } = parts;
  const registers = [registry];
  const attempts = new Counter({
    name: 'hookgate_dispatcher_attempts_total',
    help: 'Attempts by outcome and decision.',
    labelNames: ['outcome', 'decision'],
    registers,
  });
  const duration = new Histogram({
    name: 'hookgate_dispatcher_attempt_duration_seconds',
    help: 'Duration of attempts.',
    buckets: seconds,
    registers,
  });
  new Gauge({
    name: 'hookgate_dispatcher_in_flight',
    help: 'Attempts in flight.',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  // All processes read the same queue, so their values must not be added up.
  const aggregator = 'max';
  let reading: Promise<QueueState> | undefined;
  /** Resolves to undefined while the database is away. Scrapes share a reading, so that they do not pile up. */
  const readOnce = (): Promise<QueueState | undefined> => {
    reading ??= readQueueState(database, now()).finally(() => {
      reading = undefined;
    });
    return settledWithin(readWithinMs, reading).catch(() => undefined);
  };
  registerGauge(registry, {
    name: 'hookgate_dispatcher_oldest_due_age_seconds',
    help: 'Waiting time of the oldest due delivery.',
    aggregator,
    read: async () => {
      const state = await readOnce();
      return state && state.oldestDueAge / 1_000_000;
    },
  });
  registerGauge(registry, {
    name: 'hookgate_dispatcher_due',
    help: 'Due deliveries that are not in flight.',
    aggregator,
    read: async () => (await readOnce())?.due,
  });

  return {
    attempted(results) {
      // Nearly all results have the same labels, and an increment costs more than grouping.
      for (const group of Map.groupBy(results, labelled).values()) {
        const [{ outcome, decision }] = group as [Result];
        attempts.inc({ outcome: nameOf(outcome), decision: decision.state }, group.length);
      }
      for (const { outcome } of results) if (outcome.phases) duration.observe(outcome.phases.total / 1_000_000);
    },
  };
}

const labelled = ({ outcome, decision }: Result): string => `${nameOf(outcome)} ${decision.state}`;

function nameOf(outcome: Outcome): string {
  if (outcome.kind === 'answered') return `${Math.floor(outcome.status / 100)}xx`;
  return 'error' in outcome ? outcome.error : outcome.kind;
}
