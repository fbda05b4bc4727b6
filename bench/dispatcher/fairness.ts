import { createReleases } from '../../src/lifecycle/releases.ts';
import { createCalmRuns } from '../support/calm.ts';
import { atMostMs, type Findings, median, percentile } from '../support/findings.ts';
import { type Arrival, startContestant } from './runner.ts';
import type { Stage } from './stage.ts';

const endpoints = 100;
const perSecond = 300;
const seconds = 6;
/**
 * A single stall of the machine decides a p99 over six seconds; the median of three rounds tolerates one of them.
 */
const rounds = 3;
const warmUpSeconds = 2;
/** Numbers of endpoints that never respond. */
const deadCounts = [0, 1, 30] as const;
const bound = { ratio: 1.2, extraMs: 10 };

interface Lag {
  median: number;
  p99: number;
  most: number;
}

/** Measures the delivery latency of healthy endpoints beside endpoints that never respond. */
export async function measureFairness(stage: Stage): Promise<Findings> {
  const lags = new Map<number, Lag[]>(deadCounts.map((dead) => [dead, []]));
  const runs = createCalmRuns();
  for (let round = 1; round <= rounds; round += 1) {
    for (const dead of deadCounts) {
      process.stderr.write(`fairness: round ${round} of ${rounds}, ${dead} silent\n`);
      lags.get(dead)?.push(await runs.measure(() => lagBeside(stage, dead)));
    }
  }
  const of = (dead: number, pick: (lag: Lag) => number): number => median((lags.get(dead) ?? []).map(pick));
  const healthy = of(0, (lag) => lag.p99);
  return {
    circumstances: [
      `Fairness: ${endpoints} endpoints take turns at ${perSecond} deliveries/s for ${seconds} s; medians of ${rounds} rounds. The silent ones accept connections and never respond; they are new in the first round, and the others are known from the run without silent ones (beside 30 new silent endpoints, first deliveries to other new ones of the same organization wait for one of its 16 slots for new endpoints, up to the read timeout). Each endpoint has its own address: on one origin they would share its 64 slots, a limit that is meant to slow down a silent server with all its endpoints. Before each run, the process sends for ${warmUpSeconds} s to endpoints that are not measured. The bound is ${bound.ratio} times the p99 without silent endpoints, and at least ${bound.extraMs} ms more than it. ${runs.describe()}`,
    ],
    tables: [
      {
        columns: [
          `Silent endpoints of ${endpoints}`,
          'p50 ms of the others',
          'p99 ms',
          'most ms',
          'p99 ms of each round',
        ],
        rows: deadCounts.map((dead) => [
          String(dead),
          of(dead, (lag) => lag.median).toFixed(1),
          of(dead, (lag) => lag.p99).toFixed(1),
          of(dead, (lag) => lag.most).toFixed(1),
          (lags.get(dead) ?? []).map(({ p99 }) => p99.toFixed(1)).join(', '),
        ]),
      },
    ],
    bounds: deadCounts
      .filter((dead) => dead > 0)
      .map((dead) =>
        atMostMs(
          `p99 of the others beside ${dead} silent`,
          of(dead, (lag) => lag.p99),
          Math.max(healthy * bound.ratio, healthy + bound.extraMs),
        ),
      ),
  };
}

async function lagBeside(stage: Stage, dead: number): Promise<Lag> {
  const releases = createReleases();
  try {
    await stage.reset();
    const receiver = startContestant('receiver.ts', {}, releases);
    const silence = startContestant('receiver.ts', {}, releases);
    const live = await receiver.ask<object>({
      do: 'listen',
      network: '127.0.2',
      addresses: endpoints,
      answerAfterMs: 0,
    });
    const others = {
      live,
      warm: live,
      dead: await silence.ask<object>({ do: 'listen', network: '127.0.1', addresses: endpoints }),
    };
    const hookgate = startContestant('hookgate.ts', stage.env, releases);
    await hookgate.ask({ do: 'start', target: '', others });
    const trickle = async (prefix: string, count: number, silent: number): Promise<Arrival[]> => {
      await hookgate.ask({ do: 'trickle', count, everyMs: 1000 / perSecond, endpoints, dead: silent, prefix });
      const arriving = (count * (endpoints - silent)) / endpoints;
      return (await receiver.ask<{ arrivals: Arrival[] }>({ do: 'arrivals', count: arriving })).arrivals;
    };
    await trickle('warm', perSecond * warmUpSeconds, 0);
    const lags = (await trickle('live', perSecond * seconds, dead)).map(({ lagMs }) => lagMs);
    return { median: percentile(lags, 0.5), p99: percentile(lags, 0.99), most: percentile(lags, 1) };
  } finally {
    await releases.run();
  }
}
