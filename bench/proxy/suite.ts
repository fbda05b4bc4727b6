import { createReleases } from '../../src/lifecycle/releases.ts';
import { describeMachine, describeVersions } from '../support/circumstances.ts';
import type { Findings } from '../support/findings.ts';
import type { Report } from '../support/report.ts';
import { measureFeatures } from './features.ts';
import { measureLatency } from './latency.ts';
import { nginxVersion } from './nginx.ts';
import { type Stage, setStage } from './stage.ts';
import { measureThroughput } from './throughput.ts';
import { measureTransfer } from './transfer.ts';
import { measureWebSockets } from './websockets.ts';
import { measureWorkers } from './workers.ts';
import { wrkVersion } from './wrk.ts';

const scenarios: ReadonlyMap<string, (stage: Stage) => Promise<Findings>> = new Map([
  ['throughput', measureThroughput],
  ['latency', measureLatency],
  ['features', measureFeatures],
  ['workers', measureWorkers],
  ['transfer', measureTransfer],
  ['websockets', measureWebSockets],
]);

export const parts: readonly string[] = [...scenarios.keys()];

const packages = [
  'undici',
  'express',
  'http-proxy-middleware',
  'fastify',
  '@fastify/http-proxy',
  'fast-gateway',
  'fast-proxy-lite',
];

/** Runs all scenarios or one of them. */
export async function run(part?: string): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const found: Findings[] = [];
    for (const [name, measure] of scenarios) if (part === undefined || part === name) found.push(await measure(stage));
    return {
      command: ['npm run bench -- proxy', part].filter(Boolean).join(' '),
      circumstances: [
        describeMachine('load generator and backend run on it as well'),
        describeVersions(packages, `nginx ${nginxVersion()}`, `wrk ${wrkVersion()}`),
        ...found.flatMap(({ circumstances }) => circumstances),
      ],
      tables: found.flatMap(({ tables }) => tables),
      bounds: found.flatMap(({ bounds }) => bounds),
    };
  } finally {
    await releases.run();
  }
}
