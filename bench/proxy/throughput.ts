import {
  type Contender,
  type Contest,
  compete,
  join,
  medianOf,
  type Round,
  ratio,
  toTable,
} from '../support/contest.ts';
import type { Findings } from '../support/findings.ts';
import { connections } from '../support/load.ts';
import { atLeast, type Bound } from '../support/report.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { answerBytes, startNginxProxy } from './nginx.ts';
import { type Stage, shotAt } from './stage.ts';

/**
 * Processes of one program differ by a tenth and more for their whole life: the optimisations that V8 chooses depend on
 * chance.
 */
const generations = 3;
const rounds = 10;
const secondsPerRound = 2;
const warmUpSeconds = 5;
const leadInSeconds = 1;
const peers: ReadonlyMap<string, string> = new Map([
  ['fast-gateway', 'contenders/fast-gateway.ts'],
  ['@fastify/http-proxy', 'contenders/fastify.ts'],
  ['Express + http-proxy-middleware', 'contenders/express.ts'],
]);
const ours = 'hookgate';
const limit = 'bare http + undici';

/** Compares the gateway, with every feature on, with proxies that have none. */
export async function measureThroughput(stage: Stage): Promise<Findings> {
  const options = { rounds, secondsPerRound, warmUpSeconds, leadInSeconds, load: stage.load.busy };
  const contests: Contest[] = [];
  for (let number = 1; number <= generations; number += 1) {
    const contenders = await startContenders(stage);
    contests.push(await compete(`Throughput, processes ${number} of ${generations}`, contenders, options));
    for (const { server } of contenders) await server.stop();
  }
  const contest = join('Throughput', contests);
  return {
    circumstances: [
      `Throughput: ${connections} connections, answers of ${answerBytes} bytes from nginx, one process for each contender; ${generations} generations of processes, each with a warm-up of ${warmUpSeconds} s and ${rounds} rounds of ${secondsPerRound} s, in turns, each round after a lead-in of ${leadInSeconds} s. Figures are medians; a ratio is the median of the rounds' ratios. hookgate with bearer token, request id, access log (to a file), metrics and rate limit; the others with nothing switched on. All get the same requests, which carry the token.`,
    ],
    tables: [toTable(contest, limit, 1)],
    bounds: toBounds(contest),
  };
}

async function startContenders(stage: Stage): Promise<Contender[]> {
  const gateway = await stage.startGateway();
  // The same bytes for all contenders: the token is half of a request, and the others have to forward it.
  const headers = gateway.headersFor('backend');
  const contender = (name: string, server: ServerProcess): Contender => ({
    name,
    server,
    shot: { ...shotAt(server), headers },
  });
  const others: Contender[] = [];
  for (const [name, script] of peers) others.push(contender(name, await stage.start(script)));
  return [
    contender(limit, await stage.start('contenders/bare.ts')),
    contender(ours, gateway.server),
    ...others,
    contender('nginx as a proxy', await startNginxProxy(stage.releases, stage.backend)),
  ];
}

const p99 = ({ p99Ms }: Round): number => p99Ms;

function toBounds(contest: Contest): Bound[] {
  const best = (figure?: (round: Round) => number): string => {
    const sorted = [...peers.keys()].toSorted((a, b) => medianOf(contest, a, figure) - medianOf(contest, b, figure));
    return (figure === p99 ? sorted[0] : sorted.at(-1)) ?? '';
  };
  const fastest = best();
  const steadiest = best(p99);
  const tail = ratio(contest, ours, steadiest, p99);
  return [
    atLeast(`throughput, of the fastest Node peer's (${fastest})`, ratio(contest, ours, fastest), 1.05),
    atLeast('throughput, of the bare proxy', ratio(contest, ours, limit), 0.65),
    {
      name: `p99, of the best Node peer's (${steadiest})`,
      found: tail.toFixed(2),
      wanted: 'at most 1',
      isMet: tail <= 1,
    },
  ];
}
