import { once } from 'node:events';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { type Findings, grouped, median } from '../support/findings.ts';
import { atLeast } from '../support/report.ts';
import { startContestant } from './runner.ts';
import { type Stage, startRedis } from './stage.ts';

interface Speed {
  enqueued?: number;
  drained: number;
  statements?: number;
}

interface Contender {
  readonly script: string;
  /** Has a Redis of its own, which flushes at every write. */
  readonly isFlushed?: boolean;
  /** A loop without a queue has nothing to enqueue and nothing to stop. */
  readonly hasQueue: boolean;
}

const contenders: Readonly<Record<string, Contender>> = {
  hookgate: { script: 'hookgate.ts', hasQueue: true },
  BullMQ: { script: 'bullmq.ts', hasQueue: true },
  'BullMQ, every write flushed': { script: 'bullmq.ts', isFlushed: true, hasQueue: true },
  'bare POSTs': { script: 'bare.ts', hasQueue: false },
};
const rounds = 9;
const warmUp = 20_000;
const deliveries = 40_000;
const endpoints = 100;

/** The dispatcher beside a queue on Redis and beside a bare loop of POSTs. */
export async function measureSpeed(stage: Stage): Promise<Findings> {
  const speeds = new Map<string, Speed[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      process.stderr.write(`speed: round ${round} of ${rounds}, ${name}\n`);
      speeds.set(name, [...(speeds.get(name) ?? []), await speedOf(stage, contender)]);
    }
  }
  const middle = (name: string, pick: (speed: Speed) => number | undefined): number =>
    median((speeds.get(name) ?? []).map((speed) => pick(speed) ?? 0));
  const drained = (name: string): number => middle(name, (speed) => speed.drained);
  const enqueued = (name: string): number => middle(name, (speed) => speed.enqueued);
  return {
    circumstances: [
      `Redis ${stage.redisVersion}, append-only file flushed every second, as it comes and as the bounds have it; flushed at every write it promises what a database does.`,
      `Speed: ${grouped(deliveries)} deliveries of 600 bytes, each of its own, to a sink on this machine, signed by all alike, one process, 256 at once (hookgate 64, the most that it sends to one origin by default), after ${grouped(warmUp)} that do not count; medians of ${rounds} rounds, in turns.`,
    ],
    tables: [
      {
        columns: ['', 'enqueued/s', 'sent/s', 'statements a delivery'],
        rows: Object.entries(contenders).map(([name, { hasQueue }]) => [
          name,
          hasQueue ? enqueued(name).toFixed(0) : '',
          drained(name).toFixed(0),
          name === 'hookgate' ? middle(name, (speed) => speed.statements).toFixed(3) : '',
        ]),
      },
    ],
    bounds: [
      atLeast('sent, of BullMQ', drained('hookgate') / drained('BullMQ'), 1.5),
      atLeast('sent, of bare POSTs', drained('hookgate') / drained('bare POSTs'), 0.4),
      atLeast('enqueued, of BullMQ', enqueued('hookgate') / enqueued('BullMQ'), 3),
    ],
  };
}

/** Fills the queue, then lets one process send everything; per second, between the arrivals that count. */
async function speedOf(stage: Stage, { script, isFlushed, hasQueue }: Contender): Promise<Speed> {
  const releases = createReleases();
  try {
    await stage.reset();
    const own = isFlushed ? { REDIS_PORT: String(await startRedis(releases, 'always')) } : {};
    const contestant = startContestant(script, { ...stage.env, ...own }, releases);
    const speed: Speed = { drained: 0 };
    const enqueue = (count: number): Promise<{ perSecond: number }> =>
      contestant.ask({ do: 'enqueue', count, endpoints });
    if (hasQueue) {
      await enqueue(warmUp);
      speed.enqueued = (await enqueue(deliveries)).perSecond;
    }
    const count = warmUp + deliveries;
    stage.sink.process.send({ wanted: [warmUp, count] });
    const arrivals = (async () => {
      await once(stage.sink.process, 'message');
      const start = performance.now();
      await once(stage.sink.process, 'message');
      return performance.now() - start;
    })();
    const started = contestant.ask({ do: 'start', target: stage.target, count });
    speed.drained = deliveries / ((await arrivals) / 1000);
    await started;
    if (script === 'hookgate.ts')
      speed.statements = (await contestant.ask<{ statements: number }>({ do: 'statements' })).statements / count;
    if (hasQueue) await contestant.ask({ do: 'stop' });
    return speed;
  } finally {
    await releases.run();
  }
}
