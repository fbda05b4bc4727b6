import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { describeCircumstances } from '../support/circumstances.ts';
import { type Contest, compete, ratio, rounds, secondsPerRound, toTable } from '../support/contest.ts';
import { atLeast, atMost, type Report } from '../support/report.ts';
import { bareScript, createOne, creationAt, gatewayScript, librariesScript, type Stage, setStage } from './stage.ts';

const publicTwin = join(import.meta.dirname, 'public-twin.ts');
const settleMs = 3000;
const base = '/api/v1/integration/distributors';

/** Compares the gateway, with everything switched on, with plain Express and Knex. */
export async function run(): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const memory = {
      gateway: await memoryAtRest(stage, gatewayScript),
      libraries: await memoryAtRest(stage, librariesScript),
      bare: await memoryAtRest(stage, bareScript),
    };
    const { reading, creating } = await measureSpeed(stage);
    return toReport(stage, memory, reading, creating);
  } finally {
    await releases.run();
  }
}

type Memory = Record<'gateway' | 'libraries' | 'bare', number>;

async function memoryAtRest(stage: Stage, script: string): Promise<number> {
  const server = await stage.start(script);
  await sleep(settleMs);
  const megabytes = server.memoryMb();
  await server.stop();
  return megabytes;
}

async function measureSpeed(stage: Stage): Promise<{ reading: Contest; creating: Contest }> {
  const ours = await stage.start(gatewayScript, { PLUGINS: publicTwin });
  const bare = await stage.start(bareScript);
  const headers = { 'X-Target-Server': 'integration', Authorization: `Bearer ${await stage.signIn(ours.url)}` };
  const creation = creationAt(`${ours.url}${base}/nodes`, headers);
  const id = await createOne(creation);
  const url = `${ours.url}${base}/${id}`;

  const reading = await compete('GET', [
    { name: 'bare', server: bare, shot: { url: `${bare.url}/distributors/${id}` } },
    { name: 'hookgate', server: ours, shot: { url, headers } },
    {
      name: 'hookgate, public',
      server: ours,
      shot: { url, headers: { ...headers, 'X-Target-Server': 'public-twin' } },
    },
  ]);
  const creating = await compete('POST', [
    { name: 'bare', server: bare, shot: creationAt(`${bare.url}/distributors/nodes`) },
    { name: 'hookgate', server: ours, shot: creation },
  ]);
  return { reading, creating };
}

function toReport(stage: Stage, memory: Memory, reading: Contest, creating: Contest): Report {
  return {
    command: 'npm run bench -- gateway',
    circumstances: [
      ...describeCircumstances(stage.databaseVersion, ['express', 'knex', 'mysql2', 'joi']),
      `Rounds: ${rounds} of ${secondsPerRound} s each, in turns, after a warm-up. Figures are medians; a ratio is the median of the rounds' ratios.`,
      'hookgate: bearer token, request id and access log (to a file). bare: an Express and Knex handler with the same statement.',
    ],
    tables: [
      toTable(reading, 'bare'),
      toTable(creating, 'bare'),
      {
        columns: ['Memory at rest', 'MB'],
        rows: [
          ['hookgate', memory.gateway.toFixed(0)],
          ["hookgate's libraries alone", memory.libraries.toFixed(0)],
          ['bare', memory.bare.toFixed(0)],
        ],
      },
    ],
    bounds: [
      atLeast('GET, of bare', ratio(reading, 'hookgate', 'bare'), 0.6),
      atLeast('POST, of bare', ratio(creating, 'hookgate', 'bare'), 0.6),
      atLeast('GET with bearer token, of GET without', ratio(reading, 'hookgate', 'hookgate, public'), 0.9),
      atMost('Memory at rest', memory.gateway, 160, 'MB'),
    ],
  };
}
