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
  /** Uses a separate Redis that flushes on every write. */
  readonly isFlushed?: boolean;
  /** False for a plain loop, which has nothing to enqueue or stop. */
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

/** Compares the dispatcher with a queue on Redis and with a plain loop of POSTs. */
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
      `Redis ${stage.redisVersion}, append-only file flushed every second (the default, and the one that the bounds use); flushed on every write, it is as durable as the database.`,
      `Speed: ${grouped(deliveries)} deliveries of 600 bytes, each with its own content, to a sink on this machine, signed by every contender, one process, 256 at once (hookgate 64, its default limit for one origin), after a warm-up of ${grouped(warmUp)}; medians of ${rounds} rounds, in turns.`,
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

/** Fills the queue, then lets one process send everything; the rates are per second, without the warm-up. */
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
