import type { Registry } from 'prom-client';
import { settledWithin } from '../answered-within.ts';
import { createMetricsRegistry, type MetricsSource } from '../metrics/metrics.ts';
import { Counter, Gauge, loadAggregatorRegistry } from '../packages/prometheus.ts';
import type { MetricsAnswer, MetricValues, ToWorker } from './messages.ts';

export interface MetricsMember {
  tell(message: ToWorker): void;
}

/** The metrics of all workers as if they were one process. */
export interface CollectedMetrics extends MetricsSource {
  /** Adds a worker, which is asked from the next reading on. */
  join(member: MetricsMember): void;
  take(member: MetricsMember, answer: MetricsAnswer): void;
  /** Removes a worker that has ended. The counts of its last answer stay in the sums. */
  leave(member: MetricsMember): void;
  noteReplacement(): void;
  /** Metrics of the primary itself, which are added to those of the workers. */
  readonly own: Registry;
}

type Values = readonly MetricValues[];

interface LastAnswer {
  round: number;
  values: Values;
}

/** Well below the default scrape timeout of Prometheus, 10 s. */
const answerWithinMs = 2000;

/** A decreasing count looks like a restart to Prometheus, which would then add the whole count again. */
const onlyGrows = ({ type }: MetricValues): boolean => type === 'counter' || type === 'histogram';

/**
 * Asks every worker at each reading and aggregates the answers, each metric by its `aggregator`. A worker that does not
 * answer within `withinMs` contributes the counters and histograms of its last answer. Rejects if no worker answers.
 */
export function createCollectedMetrics(withinMs = answerWithinMs): CollectedMetrics {
  const aggregator = loadAggregatorRegistry();
  const own = createMetricsRegistry();
  const registers = [own];
  const answering = new Gauge({ name: 'hookgate_workers', help: 'Workers that answered.', registers });
  const replaced = new Counter({
    name: 'hookgate_workers_replaced_total',
    help: 'Workers that ended and were replaced.',
    registers,
  });
  const members = new Map<MetricsMember, LastAnswer>();
  const awaited = new Map<MetricsMember, () => void>();
  let departed: Values[] = [];
  let round = 0;
  let reading: Promise<string> | undefined;

  async function read(): Promise<string> {
    await askAll();
    if (departed.length > 1) departed = [await merge(departed.splice(0)), ...departed];
    // Both read synchronously: a worker that leaves moves from `members` to `departed`.
    const [last, before] = [[...members.values()], [...departed]];
    const answered = last.filter((answer) => answer.round === round).length;
    if (answered === 0) throw new Error('No worker reported its metrics.');
    answering.set(answered);
    const ours = (await own.getMetricsAsJSON()) as unknown as Values;
    const theirs = last.map((answer) => (answer.round === round ? answer.values : answer.values.filter(onlyGrows)));
    return aggregate([...theirs, ...before, ours]).metrics();
  }

  /** Resolves when all workers have answered or left, at the latest after `withinMs`. */
  async function askAll(): Promise<void> {
    round += 1;
    awaited.clear();
    const answers = [...members.keys()].map(
      (member) =>
        new Promise<void>((resolve) => {
          awaited.set(member, resolve);
          member.tell({ kind: 'read-metrics', round });
        }),
    );
    await settledWithin(withinMs, Promise.all(answers));
  }

  const aggregate = (parts: readonly Values[]) => aggregator.aggregate(parts.map((part) => [...part]));

  const merge = async (parts: readonly Values[]): Promise<Values> =>
    (await aggregate(parts).getMetricsAsJSON()) as unknown as Values;

  return {
    own,
    contentType: own.contentType,
    metrics: () => {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    join: (member) => void members.set(member, { round: 0, values: [] }),
    take: (member, answer) => {
      if (answer.round !== round || !members.has(member)) return;
      if (answer.metrics) members.set(member, { round, values: answer.metrics });
      awaited.get(member)?.();
    },
    leave: (member) => {
      const counts = members.get(member)?.values.filter(onlyGrows) ?? [];
      members.delete(member);
      if (counts.length > 0) departed.push(counts);
      awaited.get(member)?.();
    },
    noteReplacement: () => replaced.inc(),
  };
}
