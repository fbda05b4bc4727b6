import { once } from 'node:events';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { startContestant } from '../dispatcher/runner.ts';
import type { Stage } from '../dispatcher/stage.ts';
import { type Findings, grouped, median } from '../support/findings.ts';
import { atMost } from '../support/report.ts';
import { type Backlog, createBacklog } from './backlog.ts';

const rows = 1_000_000;
/** Enough work for the whole measurement, and no more than a process holds within a minute. */
const fewRows = 40_000;
const endpoints = 100_000;
const halfAnHourMicros = 1_800_000_000;
const warmUp = 20_000;
const liveEndpoints = 100;
const perSecond = 200;
const answerAfterMs = 250;
const samples = 20;
const rounds = 3;
const limitMb = 30;

/** In MB: the maximum and the final value. */
interface Memory {
  readonly most: number;
  readonly last: number;
}

/** Measures the memory of a process with a long queue beside one with an almost empty queue. */
export async function measureMemory(stage: Stage): Promise<Findings> {
  const found = new Map<number, Memory[]>([0, fewRows, rows].map((size) => [size, []]));
  await stage.reset();
  const backlog = await createBacklog(stage.database, 'slow');
  process.stderr.write('memory: filling the table of deliveries\n');
  await backlog.addDeliveries(rows);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [size, list] of found) {
      process.stderr.write(`memory: round ${round} of ${rounds}, ${size} rows\n`);
      await emptyQueue(stage);
      list.push(await memoryWith(stage, backlog, size));
    }
  }
  await stage.reset();
  return toFindings(found);
}

/** Keeps the deliveries; attempts of one round would distort the next. */
async function emptyQueue({ database }: Stage): Promise<void> {
  for (const table of ['queue', 'attempts']) await database.knex.raw(`truncate dispatcher_${table}`);
}

function toFindings(found: ReadonlyMap<number, readonly Memory[]>): Findings {
  const [none = [], , many = []] = [...found.values()];
  const of = (list: readonly Memory[], which: keyof Memory): number => median(list.map((memory) => memory[which]));
  const row = (name: string, list: readonly Memory[]): string[] => [
    name,
    of(list, 'most').toFixed(0),
    of(list, 'last').toFixed(0),
    list.map(({ most, last }) => `${most.toFixed(0)} → ${last.toFixed(0)}`).join(', '),
  ];
  return {
    circumstances: [
      `Memory: resident, after a collection, in ${samples} samples a second apart; medians of ${rounds} processes each. Each process first sends ${grouped(warmUp)} deliveries as fast as it can, and then ${perSecond}/s, because an idle process would release memory with any queue. The long queue is added after the first deliveries, is half due, spreads over ${grouped(endpoints)} endpoints (more than a process remembers at a time) and is sent to a receiver that responds after ${answerAfterMs} ms: a silent receiver or rows that are not due would occupy less. The short queue isolates the cost of the work: ${grouped(fewRows)} rows keep the process as busy. The maximum occurs when the rows have just arrived: the runtime releases memory after a quiet period.`,
    ],
    tables: [
      {
        columns: ['Pending rows', 'most MB', 'in the end MB', 'of each process'],
        rows: [...found].map(([size, list]) => row(grouped(size), list)),
      },
    ],
    bounds: [
      atMost(
        `memory with ${grouped(rows)} rows, beyond that with none`,
        of(many, 'last') - of(none, 'last'),
        limitMb,
        'MB',
      ),
    ],
  };
}

async function memoryWith(stage: Stage, backlog: Backlog, size: number): Promise<Memory> {
  const releases = createReleases();
  try {
    const receiver = startContestant('receiver.ts', {}, releases);
    const slow = await receiver.ask<object>({ do: 'listen', network: '127.0.2', addresses: 250, answerAfterMs });
    const hookgate = startContestant('hookgate.ts', stage.env, releases, ['--expose-gc']);
    await hookgate.ask({ do: 'start', target: stage.target, others: { slow } });
    stage.sink.process.send({ wanted: [warmUp] });
    const arrived = once(stage.sink.process, 'message');
    await hookgate.ask({ do: 'enqueue', count: warmUp, endpoints: liveEndpoints, prefix: 'live' });
    await arrived;
    const now = Date.now() * 1000;
    const span = { from: now - halfAnHourMicros, to: now + halfAnHourMicros };
    if (size > 0) await backlog.growQueueTo(size, { endpoints, ...span });
    const looks: number[] = [];
    for (let look = 0; look < samples; look += 1) {
      const trickle = { count: perSecond, everyMs: 1000 / perSecond, endpoints: liveEndpoints };
      await hookgate.ask({ do: 'trickle', ...trickle, dead: 0, prefix: 'live' });
      looks.push((await hookgate.ask<{ megabytes: number }>({ do: 'memory' })).megabytes);
    }
    process.stderr.write(`${looks.map((megabytes) => megabytes.toFixed(0)).join(' ')}\n`);
    return { most: Math.max(...looks), last: looks.at(-1) ?? Number.NaN };
  } finally {
    await releases.run();
  }
}
