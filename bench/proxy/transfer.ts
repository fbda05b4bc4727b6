import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contestant, forkContestant } from '../support/contestant.ts';
import { type Findings, median } from '../support/findings.ts';
import type { Shot } from '../support/load.ts';
import { atLeast, atMost } from '../support/report.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { toRequest } from './load.ts';
import { fileBytes } from './nginx.ts';
import { type Stage, shotAt, shotThrough } from './stage.ts';
import type { Transfer, TransferTask } from './transfer-client.ts';

const rounds = 3;
const warmUpSeconds = 2;
const settleMs = 3000;
const sampleMs = 100;
const megabyte = 1_000_000;

type Direction = 'download' | 'upload';

/** One direction through one server. */
interface Lane {
  readonly name: 'bare' | 'hookgate';
  readonly direction: Direction;
  readonly server: ServerProcess;
  readonly short: Shot;
  readonly large: Shot;
}

interface Pass {
  readonly bytesPerSecond: number;
  /** Maximum memory above the memory at rest. */
  readonly grownMb: number;
}

/** Transfers 1 GB in each direction: the rate, and the memory that it takes. */
export async function measureTransfer(stage: Stage): Promise<Findings> {
  const client = forkContestant(join(import.meta.dirname, 'transfer-client.ts'), {}, stage.releases);
  const lanes = await startLanes(stage);
  const passes = new Map<Lane, Pass[]>(lanes.map((lane) => [lane, []]));
  for (const { short } of lanes) await stage.load.busy(short, warmUpSeconds);
  await sleep(settleMs);
  const rest = new Map(lanes.map((lane) => [lane, lane.server.memoryMb()]));
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`Transfer: round ${round + 1} of ${rounds}\n`);
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      passes.get(lane)?.push(await measure(client, lane, rest.get(lane) ?? 0));
    }
  }
  for (const { server } of lanes) await server.stop();
  return toFindings(passes);
}

async function startLanes(stage: Stage): Promise<Lane[]> {
  const sink = await stage.start('sink.ts');
  const gateway = await stage.startGateway({ sink: sink.url });
  // A bare proxy has a single backend.
  const toFile = await stage.start('contenders/bare.ts');
  const toSink = await stage.start('contenders/bare.ts', { BACKEND: sink.url });
  return [
    { name: 'bare', direction: 'download', server: toFile, short: shotAt(toFile) },
    { name: 'hookgate', direction: 'download', server: gateway.server, short: shotThrough(gateway) },
    { name: 'bare', direction: 'upload', server: toSink, short: shotAt(toSink) },
    { name: 'hookgate', direction: 'upload', server: gateway.server, short: shotThrough(gateway, 'sink') },
  ].map((lane) => ({
    ...lane,
    large: lane.direction === 'upload' ? toUpload(lane.short) : toDownload(lane.short),
  })) as Lane[];
}

const toDownload = (shot: Shot): Shot => ({ ...shot, url: new URL('/file', shot.url).href });

const toUpload = (shot: Shot): Shot => ({
  ...shot,
  method: 'POST',
  headers: { ...shot.headers, 'Content-Length': String(fileBytes) },
});

async function measure(client: Contestant, { direction, server, large }: Lane, restMb: number): Promise<Pass> {
  const looks: number[] = [];
  const look = (): void => void looks.push(server.memoryMb());
  const timer = setInterval(look, sampleMs);
  try {
    const task: TransferTask = { url: large.url, request: toRequest(large), bytes: fileBytes };
    const { bytesPerSecond } = await client.ask<Transfer>({ do: direction, ...task });
    look();
    return { bytesPerSecond, grownMb: Math.max(...looks) - restMb };
  } finally {
    clearInterval(timer);
  }
}

function toFindings(passes: ReadonlyMap<Lane, readonly Pass[]>): Findings {
  const of = (name: string, direction: Direction): readonly Pass[] =>
    [...passes].find(([lane]) => lane.name === name && lane.direction === direction)?.[1] ?? [];
  const rate = (name: string, direction: Direction): number =>
    median(of(name, direction).map(({ bytesPerSecond }) => bytesPerSecond));
  const grown = (name: string, direction: Direction): number =>
    Math.max(...of(name, direction).map(({ grownMb }) => grownMb));
  const share = (direction: Direction): number => {
    const bare = of('bare', direction);
    return median(
      of('hookgate', direction).map(({ bytesPerSecond }, index) => bytesPerSecond / (bare[index]?.bytesPerSecond ?? 0)),
    );
  };
  const directions: Direction[] = ['download', 'upload'];
  return {
    circumstances: [
      `Transfer: 1 GB through one connection, down from nginx and up to a process that discards it; ${rounds} rounds in turns, medians. Memory: resident, sampled every ${sampleMs} ms; the maximum of all rounds above the level after ${warmUpSeconds} s of short requests and a rest.`,
    ],
    tables: [
      {
        columns: ['1 GB', 'MB/s', 'of bare', 'memory beyond rest MB'],
        rows: directions.flatMap((direction) =>
          ['bare', 'hookgate'].map((name) => [
            `${direction}, ${name}`,
            (rate(name, direction) / megabyte).toFixed(0),
            name === 'bare' ? '1.00' : share(direction).toFixed(2),
            grown(name, direction).toFixed(0),
          ]),
        ),
      },
    ],
    bounds: directions.flatMap((direction) => [
      atLeast(`rate of a 1 GB ${direction}, of the bare proxy's`, share(direction), 0.7),
      atMost(`memory during a 1 GB ${direction}, beyond rest`, grown('hookgate', direction), 40, 'MB'),
    ]),
  };
}
