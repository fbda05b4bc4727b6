import { createReleases } from '../../src/releases.ts';
import { describeCircumstances } from '../support/circumstances.ts';
import { atLeast, type Report } from '../support/report.ts';
import { deliveries, measureSpeed, type Speed } from './speed.ts';
import { setStage } from './stage.ts';

const contestants = { hookgate: 'hookgate.ts', BullMQ: 'bullmq.ts', 'bare POSTs': 'bare.ts' } as const;
const rounds = 3;

/** The dispatcher beside a queue on Redis and beside a bare loop of POSTs. */
export async function run(): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const speeds = new Map<string, Speed[]>();
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, script] of Object.entries(contestants)) {
        process.stderr.write(`speed: round ${round} of ${rounds}, ${name}\n`);
        speeds.set(name, [...(speeds.get(name) ?? []), await measureSpeed(stage, script)]);
      }
    }
    const best = (name: string, pick: (speed: Speed) => number | undefined): number =>
      median((speeds.get(name) ?? []).map((speed) => pick(speed) ?? 0));
    const drained = (name: string): number => best(name, (speed) => speed.drained);
    const enqueued = (name: string): number => best(name, (speed) => speed.enqueued);
    return {
      command: 'npm run bench -- dispatcher',
      circumstances: [
        ...describeCircumstances(stage.databaseVersion, ['undici', 'knex', 'mysql2', 'bullmq', 'ioredis']).slice(0, 2),
        `Redis ${stage.redisVersion}, append-only file flushed every second.`,
        `${deliveries} deliveries of 600 bytes to a sink on this machine, one process, 256 at once; medians of ${rounds} rounds.`,
      ],
      tables: [
        {
          columns: ['', 'enqueued/s', 'sent/s', 'statements a delivery'],
          rows: Object.keys(contestants).map((name) => [
            name,
            name === 'bare POSTs' ? '' : enqueued(name).toFixed(0),
            drained(name).toFixed(0),
            name === 'hookgate' ? best(name, (speed) => speed.statements).toFixed(3) : '',
          ]),
        },
      ],
      bounds: [
        atLeast('sent, of BullMQ', drained('hookgate') / drained('BullMQ'), 1.5),
        atLeast('sent, of bare POSTs', drained('hookgate') / drained('bare POSTs'), 0.4),
        atLeast('enqueued, of BullMQ', enqueued('hookgate') / enqueued('BullMQ'), 3),
      ],
    };
  } finally {
    await releases.run();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
