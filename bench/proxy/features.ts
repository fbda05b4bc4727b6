import { compete, medianOf, type Round, ratio } from '../support/contest.ts';
import type { Findings } from '../support/findings.ts';
import { type Stage, shotThrough, type Target } from './stage.ts';

const rounds = 12;
const secondsPerRound = 2;
const warmUpSeconds = 5;
const leadInSeconds = 1;
const everything = 'everything';

interface Variant {
  readonly target?: Target;
  readonly env?: Readonly<Record<string, string>>;
}

const noLog = { LOG_LEVEL: 'warn' };
const noMetrics = { METRICS_PORT: '0' };
const noLimit = { RATE_LIMIT_PER_MINUTE: '0' };

const variants: ReadonlyMap<string, Variant> = new Map([
  [everything, {}],
  ['without authentication (public target)', { target: 'public' }],
  ['without access log', { env: noLog }],
  ['without metrics', { env: noMetrics }],
  ['without rate limit', { env: noLimit }],
  ['without any of them', { target: 'public', env: { ...noLog, ...noMetrics, ...noLimit } }],
]);

/** Measures the cost of each feature: the gateway with everything, and without one feature at a time. */
export async function measureFeatures(stage: Stage): Promise<Findings> {
  const contenders = [];
  for (const [name, { target, env }] of variants) {
    const gateway = await stage.startGateway({}, env);
    contenders.push({ name, server: gateway.server, shot: shotThrough(gateway, target) });
  }
  const options = { rounds, secondsPerRound, warmUpSeconds, leadInSeconds, load: stage.load.busy };
  const contest = await compete('Features', contenders, options);
  for (const { server } of contenders) await server.stop();
  const cpu = (name: string): number =>
    medianOf(contest, name, ({ cpuMicrosPerRequest }: Round) => cpuMicrosPerRequest);
  return {
    circumstances: [
      `Features: as throughput, ${rounds} rounds of ${secondsPerRound} s each, every variant in a separate process. "Saved" is the processor time that a request takes less than with everything.`,
    ],
    tables: [
      {
        columns: ['Features', 'requests/s', `of ${everything}`, 'CPU µs/request', 'saved µs'],
        rows: [...variants.keys()].map((name) => [
          name,
          medianOf(contest, name).toFixed(0),
          ratio(contest, name, everything).toFixed(2),
          cpu(name).toFixed(0),
          name === everything ? '' : (cpu(everything) - cpu(name)).toFixed(0),
        ]),
      },
    ],
    bounds: [],
  };
}
