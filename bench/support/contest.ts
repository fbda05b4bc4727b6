import { median } from './findings.ts';
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
  /** Rounds of each contender, in order. */
  readonly results: ReadonlyMap<string, readonly Round[]>;
}

export const rounds = 10;
export const secondsPerRound = 2;

export interface ContestOptions {
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly warmUpSeconds: number;
  /** Unmeasured load before each round: after a pause, connections are reopened and caches fill. */
  readonly leadInSeconds: number;
  readonly load: (shot: Shot, seconds: number) => Promise<LoadResult>;
}

const usual: ContestOptions = { rounds, secondsPerRound, warmUpSeconds: 3, leadInSeconds: 0, load };

/** Measures the contenders in turns, in short rounds, so that other load on the machine affects all of them alike. */
export async function compete(
  title: string,
  contenders: readonly Contender[],
  options: Partial<ContestOptions> = {},
): Promise<Contest> {
  const chosen = { ...usual, ...options };
  const results = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (const { shot } of contenders) await chosen.load(shot, chosen.warmUpSeconds);
  for (let round = 0; round < chosen.rounds; round += 1) {
    process.stderr.write(`${title}: round ${round + 1} of ${chosen.rounds}\n`);
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) results.get(contender.name)?.push(await measure(contender, chosen));
  }
  return { title, results };
}

/** Merges contests of the same contenders. */
export function join(title: string, contests: readonly Contest[]): Contest {
  const results = new Map<string, readonly Round[]>();
  for (const contest of contests)
    for (const [name, rounds] of contest.results) results.set(name, [...(results.get(name) ?? []), ...rounds]);
  return { title, results };
}

async function measure({ server, shot }: Contender, options: ContestOptions): Promise<Round> {
  if (options.leadInSeconds > 0) await options.load(shot, options.leadInSeconds);
  const before = server.cpuMicros();
  const result = await options.load(shot, options.secondsPerRound);
  return { ...result, cpuMicrosPerRequest: (server.cpuMicros() - before) / result.requests };
}

const throughput = ({ perSecond }: Round): number => perSecond;

/** The ratio of one contender's throughput, or another figure, to that of another: the median over all rounds. */
export function ratio({ results }: Contest, name: string, base: string, figure = throughput): number {
  const others = results.get(base) ?? [];
  return median(
    (results.get(name) ?? []).map((round, index) => {
      const other = others[index];
      return figure(round) / (other ? figure(other) : 0);
    }),
  );
}

/** The median of a contender's figure over all rounds. */
export const medianOf = ({ results }: Contest, name: string, figure = throughput): number =>
  median((results.get(name) ?? []).map(figure));

/** `digits`: decimal places of milliseconds. */
export function toTable(contest: Contest, base: string, digits = 0): Table {
  return {
    columns: [contest.title, 'requests/s', `of ${base}`, 'p50 ms', 'p99 ms', 'CPU µs/request'],
    rows: [...contest.results.keys()].map((name) => [
      name,
      medianOf(contest, name).toFixed(0),
      ratio(contest, name, base).toFixed(2),
      medianOf(contest, name, ({ medianMs }) => medianMs).toFixed(digits),
      medianOf(contest, name, ({ p99Ms }) => p99Ms).toFixed(digits),
      medianOf(contest, name, ({ cpuMicrosPerRequest }) => cpuMicrosPerRequest).toFixed(0),
    ]),
  };
}
