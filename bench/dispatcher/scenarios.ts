import { createReleases } from '../../src/lifecycle/releases.ts';
import { describeCircumstances } from '../support/circumstances.ts';
import type { Findings } from '../support/findings.ts';
import type { Report } from '../support/report.ts';
import { bufferPoolMb, type Stage, setStage } from './stage.ts';

export type Scenarios = ReadonlyMap<string, (stage: Stage) => Promise<Findings>>;

/** Runs the scenarios of a suite, or one of them, on one stage. */
export async function runScenarios(suite: string, scenarios: Scenarios, part?: string): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const found: Findings[] = [];
    for (const [name, measure] of scenarios) if (part === undefined || part === name) found.push(await measure(stage));
    const packages = ['express', 'undici', 'knex', 'mysql2', 'bullmq', 'ioredis'];
    return {
      command: [`npm run bench -- ${suite}`, part].filter(Boolean).join(' '),
      circumstances: [
        ...describeCircumstances(stage.databaseVersion, packages).slice(0, 2),
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
