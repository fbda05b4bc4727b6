import { once } from 'node:events';
import { createReleases } from '../../src/releases.ts';
import { type Findings, median } from '../support/findings.ts';
import { atLeast } from '../support/report.ts';
import { startContestant } from './runner.ts';
import type { Stage } from './stage.ts';

interface Speed {
  enqueued?: number;
  drained: number;
  statements?: number;
}

const contestants = { hookgate: 'hookgate.ts', BullMQ: 'bullmq.ts', 'bare POSTs': 'bare.ts' } as const;
const rounds = 3;
const deliveries = 40_000;
const endpoints = 100;

/** The dispatcher beside a queue on Redis and beside a bare loop of POSTs. */
export async function measureSpeed(stage: Stage): Promise<Findings> {
  const speeds = new Map<string, Speed[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, script] of Object.entries(contestants)) {
      process.stderr.write(`speed: round ${round} of ${rounds}, ${name}\n`);
      speeds.set(name, [...(speeds.get(name) ?? []), await speedOf(stage, script)]);
    }
  }
  const middle = (name: string, pick: (speed: Speed) => number | undefined): number =>
    median((speeds.get(name) ?? []).map((speed) => pick(speed) ?? 0));
  const drained = (name: string): number => middle(name, (speed) => speed.drained);
  const enqueued = (name: string): number => middle(name, (speed) => speed.enqueued);
  return {
    circumstances: [
      `Redis ${stage.redisVersion}, append-only file flushed every second.`,
      `Speed: ${deliveries} deliveries of 600 bytes to a sink on this machine, signed by all alike, one process, 256 at once; medians of ${rounds} rounds.`,
    ],
    tables: [
      {
        columns: ['', 'enqueued/s', 'sent/s', 'statements a delivery'],
        rows: Object.keys(contestants).map((name) => [
          name,
          name === 'bare POSTs' ? '' : enqueued(name).toFixed(0),
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

/** Fills the queue, then lets one process send everything; per second, from the start to the last arrival. */
async function speedOf(stage: Stage, script: (typeof contestants)[keyof typeof contestants]): Promise<Speed> {
  const releases = createReleases();
  try {
    await stage.reset();
    const contestant = startContestant(script, stage.env, releases);
    const speed: Speed = { drained: 0 };
    if (script !== 'bare.ts') {
      speed.enqueued = (
        await contestant.ask<{ perSecond: number }>({ do: 'enqueue', count: deliveries, endpoints })
      ).perSecond;
    }
    stage.sink.process.send({ wanted: deliveries });
    const arrived = once(stage.sink.process, 'message');
    const start = performance.now();
    const started = contestant.ask({ do: 'start', target: stage.target, count: deliveries });
    await arrived;
    speed.drained = deliveries / ((performance.now() - start) / 1000);
    await started;
    if (script === 'hookgate.ts') {
      speed.statements = (await contestant.ask<{ statements: number }>({ do: 'statements' })).statements / deliveries;
    }
    if (script !== 'bare.ts') await contestant.ask({ do: 'stop' });
    return speed;
  } finally {
    await releases.run();
  }
}
