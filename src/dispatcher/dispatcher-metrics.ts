import type { Registry } from 'prom-client';
import { settledWithin } from '../answered-within.ts';
import type { Database } from '../database/database.ts';
import { registerGauge } from '../metrics/gauge.ts';
import { Counter, Gauge, Histogram } from '../packages/prometheus.ts';
import type { Result } from './model/delivery.ts';
import type { Outcome } from './model/outcome.ts';
import { failureClasses, failureClassOf } from './model/outcome-error.ts';
import { countFailing } from './store/failing-endpoints.ts';
import { readQueueState } from './store/queue-state.ts';

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
  const givenUp = new Counter({
    name: 'hookgate_deliveries_given_up_total',
    help: 'Deliveries that have failed for good, by the class of the last error.',
    labelNames: ['error'],
    registers,
  });
  // Every class from the start: Prometheus does not see the increase of a count that appears.
  for (const error of failureClasses) givenUp.inc({ error }, 0);
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
  const readQueue = sharedReading(() => readQueueState(database, now()));
  const readFailing = sharedReading(() => database.read(countFailing));
  registerGauge(registry, {
    name: 'hookgate_dispatcher_oldest_due_age_seconds',
    help: 'Waiting time of the oldest due delivery.',
    aggregator,
    read: async () => {
      const state = await readQueue();
      return state && state.oldestDueAge / 1_000_000;
    },
  });
  registerGauge(registry, {
    name: 'hookgate_dispatcher_due',
    help: 'Due deliveries that are not in flight.',
    aggregator,
    read: async () => (await readQueue())?.due,
  });
  registerGauge(registry, {
    name: 'hookgate_endpoints_failing',
    help: 'Endpoints whose deliveries have failed for 5 minutes, or 10 times in a row.',
    aggregator,
    read: readFailing,
  });

  return {
    attempted(results) {
      // Nearly all results have the same labels, and an increment costs more than grouping.
      for (const group of Map.groupBy(results, labelled).values()) {
        const [{ outcome, decision }] = group as [Result];
        attempts.inc({ outcome: nameOf(outcome), decision: decision.state }, group.length);
      }
      for (const { outcome, decision } of results)
        if (decision.state === 'failed') givenUp.inc({ error: failureClassOf(outcome) });
      for (const { outcome } of results) if (outcome.phases) duration.observe(outcome.phases.total / 1_000_000);
    },
  };
}

/** Resolves to undefined while the database is away. Scrapes share a reading, so that they do not pile up. */
function sharedReading<T>(read: () => Promise<T>): () => Promise<T | undefined> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return settledWithin(readWithinMs, reading).catch(() => undefined);
  };
}

const labelled = ({ outcome, decision }: Result): string => `${nameOf(outcome)} ${decision.state}`;

function nameOf(outcome: Outcome): string {
  if (outcome.kind === 'answered') return `${Math.floor(outcome.status / 100)}xx`;
  return 'error' in outcome ? outcome.error : outcome.kind;
}
