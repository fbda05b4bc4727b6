import { type Contender, type Contest, compete, medianOf, type Round } from '../support/contest.ts';
import { type Findings, median } from '../support/findings.ts';
import { connections } from '../support/load.ts';
import type { Bound } from '../support/report.ts';
import { type Stage, shotAt, shotThrough } from './stage.ts';

const rounds = 12;
const secondsPerRound = 3;
const warmUpSeconds = 5;
const perSecond = 2000;
const direct = 'direct';
const limits = { medianMs: 0.5, p99Ms: 3 } as const;

/** Measures the latency that the gateway adds when it is not busy. */
export async function measureLatency(stage: Stage): Promise<Findings> {
  const gateway = await stage.startGateway();
  const bare = await stage.start('contenders/bare.ts');
  const contenders: Contender[] = [
    { name: direct, server: stage.backend, shot: shotAt(stage.backend) },
    { name: 'bare http + undici', server: bare, shot: shotAt(bare) },
    { name: 'hookgate', server: gateway.server, shot: shotThrough(gateway) },
  ];
  // Warm-up at full load: at the fixed rate, the optimising compiler would take too long.
  for (const { shot } of contenders) await stage.load.busy(shot, warmUpSeconds);
  const contest = await compete('Latency', contenders, {
    rounds,
    secondsPerRound,
    warmUpSeconds: 1,
    load: (shot, seconds) => stage.load.paced(shot, seconds, perSecond),
  });
  await gateway.server.stop();
  await bare.stop();
  return {
    circumstances: [
      `Latency: ${perSecond} requests/s at even intervals over ${connections} connections, independent of earlier responses, each counted from its due time; ${rounds} rounds of ${secondsPerRound} s each, in turns. Added is the median of the rounds' differences.`,
    ],
    tables: [
      {
        columns: [`${perSecond} requests/s`, 'p50 ms', 'p99 ms', 'added p50 ms', 'added p99 ms', 'CPU µs/request'],
        rows: contenders.map(({ name }) => toRow(contest, name)),
      },
    ],
    bounds: (['medianMs', 'p99Ms'] as const).map((which) => toBound(contest, which)),
  };
}

type Which = keyof typeof limits;

/** The latency that a contender adds to the direct way: the median of the differences in each round. */
function added({ results }: Contest, name: string, which: Which): number {
  const without = results.get(direct) ?? [];
  return median((results.get(name) ?? []).map((round, index) => round[which] - (without[index]?.[which] ?? 0)));
}

function toRow(contest: Contest, name: string): string[] {
  const of = (figure: (round: Round) => number): number => medianOf(contest, name, figure);
  return [
    name,
    of(({ medianMs }) => medianMs).toFixed(2),
    of(({ p99Ms }) => p99Ms).toFixed(2),
    ...(['medianMs', 'p99Ms'] as const).map((which) => (name === direct ? '' : added(contest, name, which).toFixed(2))),
    of(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest).toFixed(0),
  ];
}

function toBound(contest: Contest, which: Which): Bound {
  const found = added(contest, 'hookgate', which);
  return {
    name: `added latency at ${perSecond} requests/s, ${which === 'p99Ms' ? 'p99' : 'p50'}`,
    found: `${found.toFixed(2)} ms`,
    wanted: `at most ${limits[which]} ms`,
    isMet: found <= limits[which],
  };
}
