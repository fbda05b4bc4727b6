import { once } from 'node:events';
import { createReleases } from '../../src/releases.ts';
import { startContestant } from './runner.ts';
import type { Stage } from './stage.ts';

export interface Speed {
  enqueued?: number;
  drained: number;
  statements?: number;
}

export const deliveries = 20_000;
const endpoints = 100;

/** Fills the queue, then lets one process send everything; per second, from the start to the last arrival. */
export async function measureSpeed(stage: Stage, script: 'hookgate.ts' | 'bullmq.ts' | 'bare.ts'): Promise<Speed> {
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
