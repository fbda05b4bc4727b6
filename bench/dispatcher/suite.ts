import { createReleases } from '../../src/lifecycle/releases.ts';
import { describeCircumstances } from '../support/circumstances.ts';
import type { Findings } from '../support/findings.ts';
import type { Report } from '../support/report.ts';
import { measureClaimTime } from './claim-time.ts';
import { measureFairness } from './fairness.ts';
import { measureIdleLatency } from './idle-latency.ts';
import { measureMemory } from './memory.ts';
import { measureSpeed } from './speed.ts';
import { bufferPoolMb, type Stage, setStage } from './stage.ts';

/** Latencies first, because a stall would decide them: a host may take processors away after minutes of load. */
const scenarios: ReadonlyMap<string, (stage: Stage) => Promise<Findings>> = new Map([
  ['latency', measureIdleLatency],
  ['fairness', measureFairness],
  ['speed', measureSpeed],
  ['claim', measureClaimTime],
  ['memory', measureMemory],
]);

export const parts: readonly string[] = [...scenarios.keys()];

/** Runs all scenarios or one of them. */
export async function run(part?: string): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const found: Findings[] = [];
    for (const [name, measure] of scenarios) if (part === undefined || part === name) found.push(await measure(stage));
    return {
      command: ['npm run bench -- dispatcher', part].filter(Boolean).join(' '),
      circumstances: [
        ...describeCircumstances(stage.databaseVersion, ['undici', 'knex', 'mysql2', 'bullmq', 'ioredis']).slice(0, 2),
        `Database: ${bufferPoolMb} MiB of buffer pool, which a million rows and their indexes fit into.`,
        ...found.flatMap(({ circumstances }) => circumstances),
      ],
      tables: found.flatMap(({ tables }) => tables),
      bounds: found.flatMap(({ bounds }) => bounds),
    };
  } finally {
    await releases.run();
  }
}
