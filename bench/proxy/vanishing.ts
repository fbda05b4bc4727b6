import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forkContestant } from '../support/contestant.ts';
import { type Findings, grouped } from '../support/findings.ts';
import { openFilesOf } from '../support/process-figures.ts';
import { atMost } from '../support/report.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { toRequest } from './load.ts';
import { collectable, type Memory, memoryAtRest } from './memory-at-rest.ts';
import { fileBytes } from './nginx.ts';
import { type Gateway, type Stage, shotThrough } from './stage.ts';
import type { VanishTask } from './vanishing-client.ts';

const clients = 1000;
const waves = 4;
const shortSeconds = 1;
/** With the rest that follows, longer than idle connections to a backend are kept. */
const idleMs = 3000;

interface Look extends Memory {
  readonly openFiles: number;
}

/** Measures the resources in use after the first and the last wave of clients that disconnect in mid-request. */
export async function measureVanishing(stage: Stage): Promise<Findings> {
  const sink = await stage.start('sink.ts');
  const gateway = await stage.startGateway({ sink: sink.url }, collectable);
  const client = forkContestant(join(import.meta.dirname, 'vanishing-client.ts'), {}, stage.releases);
  const task: VanishTask = { url: gateway.server.url, requests: halfRequests(gateway), count: clients };
  const looks: Look[] = [];
  for (let wave = 1; wave <= waves; wave += 1) {
    process.stderr.write(`Vanishing clients: wave ${wave} of ${waves}\n`);
    await client.ask({ do: 'vanish', ...task });
    // The gateway must still serve other clients.
    await stage.load.busy(shotThrough(gateway), shortSeconds);
    if (wave === 1 || wave === waves) looks.push(await lookAt(gateway.server));
  }
  await gateway.server.stop();
  await sink.stop();
  return toFindings(looks, warningsIn(gateway.logFile));
}

async function lookAt(server: ServerProcess): Promise<Look> {
  await sleep(idleMs);
  const memory = await memoryAtRest(server);
  return { ...memory, openFiles: openFilesOf(server.pid) };
}

/** A download, an upload and a call that waits for its response, each interrupted by its client. */
function halfRequests(gateway: Gateway): string[] {
  const sink = shotThrough(gateway, 'sink');
  const download = shotThrough(gateway);
  const upload = toRequest({
    ...sink,
    method: 'POST',
    headers: { ...sink.headers, 'Content-Length': String(fileBytes) },
  });
  return [
    toRequest({ ...download, url: new URL('/file', download.url).href }),
    upload + 'x'.repeat(100_000),
    toRequest({ ...sink, url: new URL('/silent', sink.url).href }),
  ];
}

/** Node warns when listeners accumulate. */
const warningsIn = (logFile: string): number => readFileSync(logFile, 'utf8').split('MaxListenersExceeded').length - 1;

function toFindings([first, last]: readonly Look[], warnings: number): Findings {
  const row = (name: string, which: keyof Look): string[] => [
    name,
    ...[first, last].map((look) => look?.[which].toFixed(0) ?? ''),
  ];
  const grown = (which: keyof Look): number => (last?.[which] ?? Number.NaN) - (first?.[which] ?? Number.NaN);
  return {
    circumstances: [
      `Vanishing clients: ${waves} waves of ${grouped(clients)}, a third each in the middle of a download, of an upload, and of waiting for an answer; half of them reset their connections. Measured after short calls, a rest and a collection.`,
    ],
    tables: [
      {
        columns: ['Vanishing clients', 'after the first wave', 'after the last'],
        rows: [
          row('open files and sockets', 'openFiles'),
          row('memory used MB', 'used'),
          row('memory resident MB', 'resident'),
        ],
      },
    ],
    bounds: [
      atMost(
        'sockets that vanishing clients leave, after the last wave beyond the first',
        grown('openFiles'),
        0,
        'sockets',
      ),
      atMost('memory used that they leave', grown('used'), 3, 'MB'),
      atMost('warnings of listeners that pile up', warnings, 0, 'warnings'),
    ],
  };
}
