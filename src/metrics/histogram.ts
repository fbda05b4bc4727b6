import type { Metric, Registry } from 'prom-client';

/** How often values fell between which bounds. */
export interface Distribution {
  /** One more than there are bounds: the last is of what lies above all of them. */
  readonly counts: number[];
  sum: number;
}

export interface HistogramParts {
  name: string;
  help: string;
  bounds: readonly number[];
  /** Asked when somebody reads the metrics. */
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
 * Registers a histogram that is counted elsewhere: the package's own looks labels up by their text at every observation, which costs
 * more than all else that is counted of a request.
 */
export function registerHistogram(registry: Registry, { name, help, bounds, series }: HistogramParts): void {
  const metric = {
    name,
    help,
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
  // A registry wants no more of a metric than this, but its type names the package's classes.
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
