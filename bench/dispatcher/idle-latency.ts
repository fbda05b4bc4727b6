import { createReleases } from '../../src/lifecycle/releases.ts';
import { createCalmRuns } from '../support/calm.ts';
import { atMostMs, type Findings, median, percentile } from '../support/findings.ts';
import { type Arrival, startContestant } from './runner.ts';
import type { Stage } from './stage.ts';

const count = 200;
const everyMs = 25;
/** Two of 200 deliveries decide the p99: a single stall of 50 ms, in which two fall due, would suffice. */
const rounds = 3;
const warmUp = 100;
const network = '127.0.2';
/** Numbers of endpoints: an endpoint's turn comes while its connection is kept, or long after it was closed. */
const turns = { 'kept connection': 10, 'new connection': 100 } as const;
const limits = { median: 5, p99: 30 };

/** Measures single deliveries through an otherwise idle system. */
export async function measureIdleLatency(stage: Stage): Promise<Findings> {
  const found = new Map<string, number[][]>(Object.keys(turns).map((name) => [name, []]));
  const runs = createCalmRuns();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, endpoints] of Object.entries(turns)) {
      process.stderr.write(`latency: round ${round} of ${rounds}, ${name}\n`);
      found.get(name)?.push(await runs.measure(() => lagsOver(stage, endpoints)));
    }
  }
  const of = (name: string, share: number): number =>
    median((found.get(name) ?? []).map((lags) => percentile(lags, share)));
  return {
    circumstances: [
      `Latency: ${count} deliveries, ${everyMs} ms apart, from before the transaction that enqueues one to its last byte at the receiver; medians of ${rounds} rounds. Over ${turns['kept connection']} endpoints connections are kept; over ${turns['new connection']} each is used again after ${(turns['new connection'] * everyMs) / 1000} s, when it has been closed. ${runs.describe()}`,
    ],
    tables: [
      {
        columns: ['Idle latency', 'p50 ms', 'p90 ms', 'p99 ms', 'most ms', 'p99 ms of each round'],
        rows: [...found].map(([name, each]) => [
          name,
          ...[0.5, 0.9, 0.99, 1].map((share) => of(name, share).toFixed(1)),
          each.map((lags) => percentile(lags, 0.99).toFixed(1)).join(', '),
        ]),
      },
    ],
    bounds: Object.keys(turns).flatMap((name) => [
      atMostMs(`idle latency, ${name}, p50`, of(name, 0.5), limits.median),
      atMostMs(`idle latency, ${name}, p99`, of(name, 0.99), limits.p99),
    ]),
  };
}

async function lagsOver(stage: Stage, endpoints: number): Promise<number[]> {
  const releases = createReleases();
  try {
    await stage.reset();
    const receiver = startContestant('receiver.ts', {}, releases);
    const live = await receiver.ask<object>({ do: 'listen', network, addresses: endpoints, answerAfterMs: 0 });
    const hookgate = startContestant('hookgate.ts', stage.env, releases);
    await hookgate.ask({ do: 'start', target: '', others: { live } });
    const trickle = async (deliveries: number): Promise<Arrival[]> => {
      await hookgate.ask({ do: 'trickle', count: deliveries, everyMs, endpoints, dead: 0, prefix: 'live' });
      const { arrivals } = await receiver.ask<{ arrivals: Arrival[] }>({ do: 'arrivals', count: deliveries });
      return arrivals;
    };
    await trickle(warmUp);
    const arrivals = await trickle(count);
    await hookgate.ask({ do: 'stop' });
    return arrivals.map(({ lagMs }) => lagMs);
  } finally {
    await releases.run();
  }
}
