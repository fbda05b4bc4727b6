import { once } from 'node:events';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { type Findings, grouped, median } from '../support/findings.ts';
import { atLeast, atMost } from '../support/report.ts';
import { batchSize, startContestant } from './runner.ts';
import { type Stage, startRedis } from './stage.ts';

interface Speed {
  /** Deliveries per second, by the number of deliveries in a transaction or an `addBulk`. */
  readonly enqueued: Map<number, number>;
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
const rounds = 3;
const warmUp = 5_000;
/** Deliveries handed over, by their number in a transaction or an `addBulk`. */
const handOvers: ReadonlyMap<number, number> = new Map([
  [1, 1_500],
  [16, 8_000],
  [250, 25_000],
]);
const deliveries = [...handOvers.values()].reduce((sum, count) => sum + count, 0);
const endpoints = 100;

/** Compares the dispatcher without HTTP with a queue on Redis and with a plain loop of POSTs. */
export async function measureHandOver(stage: Stage): Promise<Findings> {
  const speeds = new Map<string, Speed[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      process.stderr.write(`hand-over: round ${round} of ${rounds}, ${name}\n`);
      speeds.set(name, [...(speeds.get(name) ?? []), await speedOf(stage, contender)]);
    }
  }
  const middle = (name: string, pick: (speed: Speed) => number | undefined): number =>
    median((speeds.get(name) ?? []).map((speed) => pick(speed) ?? 0));
  const drained = (name: string): number => middle(name, (speed) => speed.drained);
  const enqueued = (name: string, atOnce: number): number => middle(name, (speed) => speed.enqueued.get(atOnce));
  return {
    circumstances: [
      `Hand-over and draining, within one process and without HTTP: ${[...handOvers].map(([atOnce, count]) => `${grouped(count)} deliveries in transactions of ${atOnce}`).join(', ')} (BullMQ: \`addBulk\` of as many), one transaction after the other; then all of them, and ${grouped(warmUp)} before them that do not count, are sent to the sink. Payloads of 600 bytes, each an event of its own, over ${endpoints} endpoints of one origin; signed by every contender, one process, 256 at once (hookgate 64, its default limit for one origin); medians of ${rounds} rounds, in turns. Redis ${stage.redisVersion}, its append-only file flushed every second (the default, and the one of the bounds) or on every write, when it is as durable as the database.`,
    ],
    tables: [
      {
        columns: [
          'In one process',
          ...[...handOvers.keys()].map((atOnce) => `handed over/s, by ${atOnce}`),
          'sent/s',
          'statements a delivery',
        ],
        rows: Object.entries(contenders).map(([name, { hasQueue }]) => [
          name,
          ...[...handOvers.keys()].map((atOnce) => (hasQueue ? enqueued(name, atOnce).toFixed(0) : '')),
          drained(name).toFixed(0),
          name === 'hookgate' ? middle(name, (speed) => speed.statements).toFixed(3) : '',
        ]),
      },
    ],
    bounds: [
      atLeast('sent, of BullMQ', drained('hookgate') / drained('BullMQ'), 1.25),
      atLeast('sent, of bare POSTs', drained('hookgate') / drained('bare POSTs'), 0.33),
      atLeast('handed over by 250, of BullMQ', enqueued('hookgate', 250) / enqueued('BullMQ', 250), 1),
      atMost(
        'statements for 1,000 deliveries',
        middle('hookgate', (speed) => speed.statements) * 1000,
        200,
        'statements',
      ),
    ],
  };
}

/** Fills the queue, then lets one process send everything; the rates are per second, without the warm-up. */
async function speedOf(stage: Stage, { script, isFlushed, hasQueue }: Contender): Promise<Speed> {
  const releases = createReleases();
  try {
    await stage.reset();
    const own = isFlushed ? { REDIS_PORT: String((await startRedis(releases, 'always')).port) } : {};
    const contestant = startContestant(script, { ...stage.env, ...own }, releases);
    const speed: Speed = { enqueued: new Map(), drained: 0 };
    const enqueue = async (count: number, atOnce: number): Promise<number> =>
      (await contestant.ask<{ perSecond: number }>({ do: 'enqueue', count, endpoints, atOnce })).perSecond;
    if (hasQueue) {
      await enqueue(warmUp, batchSize);
      for (const [atOnce, count] of handOvers) speed.enqueued.set(atOnce, await enqueue(count, atOnce));
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
