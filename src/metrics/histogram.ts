import type { Metric, Registry } from 'prom-client';

/** Counts of observed values per bucket, and their sum. */
export interface Distribution {
  /** One count per bound, and a last one for values above all bounds. */
  readonly counts: number[];
  sum: number;
}

export interface HistogramParts {
  name: string;
  help: string;
  /** Labels of every series. */
  labelNames: readonly string[];
  bounds: readonly number[];
  /** Called at each scrape. */
  series: () => readonly { labels: Readonly<Record<string, string>>; distribution: Distribution }[];
}

export const createDistribution = (bounds: readonly number[]): Distribution => ({
  counts: Array<number>(bounds.length + 1).fill(0),
  sum: 0,
});

export function observe(distribution: Distribution, bounds: readonly number[], value: number): void {
  const { counts } = distribution;
  let index = 0;
  while (index < bounds.length && value > (bounds[index] as number)) index += 1;
  counts[index] = (counts[index] as number) + 1;
  distribution.sum += value;
}

/**
 * Registers a histogram whose values are collected elsewhere. prom-client's own looks labels up by a string key at
 * every observation, which costs more than all other metrics of a request.
 */
export function registerHistogram(
  registry: Registry,
  { name, help, labelNames, bounds, series }: HistogramParts,
): void {
  const metric = {
    name,
    help,
    labelNames,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: series().flatMap(({ labels, distribution }) => valuesOf(name, bounds, labels, distribution)),
    }),
    reset: () => {},
  };
  // The registry uses these members only; its type demands an instance of prom-client's classes.
  registry.registerMetric(metric as unknown as Metric);
}

function valuesOf(
  name: string,
  bounds: readonly number[],
  labels: Readonly<Record<string, string>>,
  { counts, sum }: Distribution,
) {
  let count = 0;
  const buckets = counts.map((more, index) => {
    count += more;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[index] ?? '+Inf' }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ];
}
