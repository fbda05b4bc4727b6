import { type LoadResult, load, type Shot } from './load.ts';
import type { Table } from './report.ts';
import type { ServerProcess } from './server-process.ts';

export interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly shot: Shot;
}

export interface Round extends LoadResult {
  readonly cpuMicrosPerRequest: number;
}

export interface Contest {
  readonly title: string;
  /** Per contender, in the order of the rounds. */
  readonly results: ReadonlyMap<string, readonly Round[]>;
}

export const rounds = 10;
export const secondsPerRound = 2;
const warmUpSeconds = 3;

/** Measures the contenders in turns, in short rounds: what else the machine does then hits all of them alike. */
export async function compete(title: string, contenders: readonly Contender[]): Promise<Contest> {
  const results = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (const { shot } of contenders) await load(shot, warmUpSeconds);
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`${title}: round ${round + 1} of ${rounds}\n`);
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) results.get(contender.name)?.push(await measure(contender));
  }
  return { title, results };
}

async function measure({ server, shot }: Contender): Promise<Round> {
  const before = server.cpuMicros();
  const result = await load(shot, secondsPerRound);
  return { ...result, cpuMicrosPerRequest: (server.cpuMicros() - before) / result.requests };
}

/** Throughput of one contender by that of another, round by round; the median of it. */
export function ratio({ results }: Contest, name: string, base: string): number {
  const others = results.get(base) ?? [];
  return median((results.get(name) ?? []).map((round, index) => round.perSecond / (others[index]?.perSecond ?? 0)));
}

export function toTable(contest: Contest, base: string): Table {
  return {
    columns: [contest.title, 'requests/s', `of ${base}`, 'p50 ms', 'p99 ms', 'CPU µs/request'],
    rows: [...contest.results].map(([name, list]) => [
      name,
      median(list.map(({ perSecond }) => perSecond)).toFixed(0),
      ratio(contest, name, base).toFixed(2),
      median(list.map(({ medianMs }) => medianMs)).toFixed(0),
      median(list.map(({ p99Ms }) => p99Ms)).toFixed(0),
      median(list.map(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest)).toFixed(0),
    ]),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
