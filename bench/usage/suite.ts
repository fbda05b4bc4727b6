import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createReleases, type Releases } from '../../src/lifecycle/releases.ts';
import { gatewayScript, type Stage, setStage } from '../gateway/stage.ts';
import { describeCircumstances } from '../support/circumstances.ts';
import { atLeast, atMost, type Report } from '../support/report.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { BareTask } from './bare.ts';
import { type CallersResult, type CallersTask, callers } from './callers.ts';
import type { PlainTask } from './plain.ts';
import { developerAt, fill, hotDeveloper, product, readCounters, subscriptions } from './rows.ts';

const rounds = 7;
const secondsPerRound = 3;
/** Time until the hot code paths have been compiled in their final form. */
const warmUpSeconds = 10;
const hotCalls = 10_000;
const path = '/v1/mint/organizations/bench';

interface Measured {
  perSecond: number;
  medianMs: number;
  p99Ms: number;
  cpuMicros: number;
}

interface Gateway {
  server: ServerProcess;
  headers: Record<string, string>;
}

interface Figures {
  /** Updates per second, each as BEGIN, UPDATE, COMMIT. */
  bare: number[];
  /** Updates per second, autocommitted. */
  autocommitted: number[];
  /** Usage calls per second without HTTP. */
  plain: number[];
  spread: Measured[];
  hot: Measured;
  lost: number;
}

/** Measures usage calls over many subscriptions, over a single one, and bare updates of single rows. */
export async function run(): Promise<Report> {
  const releases = createReleases();
  try {
    const stage = await setStage(releases);
    const server = await stage.start(gatewayScript, { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8' });
    const headers = { Authorization: `Bearer ${await stage.signIn(server.url)}` };
    const gateway = { server, headers };
    await fill(stage.databaseUrl, await createWebhooks(gateway, await startSink(releases)));
    return toReport(stage, await measure(stage, gateway));
  } finally {
    await releases.run();
  }
}

async function startSink(releases: Releases): Promise<string> {
  const sink = createServer((req, res) => req.resume().on('end', () => res.end('ok')));
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  releases.add(() => void sink.close().closeAllConnections());
  return `http://127.0.0.1:${(sink.address() as { port: number }).port}`;
}

async function createWebhooks({ server, headers }: Gateway, postURL: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of ['80', '90', '100', '110', '120']) {
    const answer = await fetch(`${server.url}${path}/webhooks`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, postURL, enabled: true }),
    });
    if (answer.status !== 200) throw new Error(`Creating a webhook failed: ${await answer.text()}`);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  return ids;
}

async function measure(stage: Stage, gateway: Gateway): Promise<Figures> {
  const bodies = Array.from({ length: subscriptions }, (_, index) => bodyOf(developerAt(index)));
  const update = async (isAutocommit: boolean): Promise<number> => {
    const { databaseUrl } = stage;
    const task: BareTask = { databaseUrl, rows: subscriptions, seconds: secondsPerRound, isAutocommit };
    return (await runScript<{ perSecond: number }>('bare.ts', task)).perSecond;
  };
  await call(gateway, { bodies, seconds: warmUpSeconds });
  const figures: Omit<Figures, 'hot' | 'lost'> = { bare: [], autocommitted: [], plain: [], spread: [] };
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`usage: round ${round} of ${rounds}\n`);
    figures.bare.push(await update(false));
    figures.autocommitted.push(await update(true));
    const task: PlainTask = { databaseUrl: stage.databaseUrl, seconds: secondsPerRound };
    figures.plain.push((await runScript<{ perSecond: number }>('plain.ts', task)).perSecond);
    figures.spread.push(await call(gateway, { bodies, seconds: secondsPerRound }));
  }
  const before = await readCounters(stage.databaseUrl);
  const hot = await call(gateway, { bodies: [bodyOf(hotDeveloper)], amount: hotCalls });
  const after = await readCounters(stage.databaseUrl);
  return { ...figures, hot, lost: hotCalls - (after.hot - before.hot) };
}

const bodyOf = (developer: string): string =>
  JSON.stringify({ developer: { id: developer }, application: { id: 'app' }, product: { id: product }, batchSize: 1 });

async function call({ server, headers }: Gateway, task: Omit<CallersTask, 'url' | 'headers'>): Promise<Measured> {
  const before = server.cpuMicros();
  const { good, bad, seconds, medianMs, p99Ms } = await runScript<CallersResult>('callers.ts', {
    url: `${server.url}${path}/transactions`,
    headers,
    ...task,
  });
  if (bad > 0 || good === 0) throw new Error(`${good} successful responses, ${bad} others`);
  return { perSecond: good / seconds, medianMs, p99Ms, cpuMicros: (server.cpuMicros() - before) / good };
}

/** Runs a script in a separate process. */
async function runScript<Result>(script: string, task: object): Promise<Result> {
  const running = promisify(execFile)(process.execPath, [join(import.meta.dirname, script)], { maxBuffer: 2 ** 26 });
  running.child.stdin?.end(JSON.stringify(task));
  return JSON.parse((await running).stdout) as Result;
}

function toReport(stage: Stage, { bare, autocommitted, plain, spread, hot, lost }: Figures): Report {
  const of = (pick: (measured: Measured) => number): number => median(spread.map(pick));
  const ratioOf = (list: readonly number[]): number => median(list.map((each, index) => each / (bare[index] ?? 0)));
  const ratio = ratioOf(spread.map(({ perSecond }) => perSecond));
  const row = (name: string, { perSecond, medianMs, p99Ms, cpuMicros }: Measured, share: string): string[] => [
    name,
    perSecond.toFixed(0),
    share,
    medianMs.toFixed(0),
    p99Ms.toFixed(0),
    cpuMicros.toFixed(0),
  ];
  const typical: Measured = {
    perSecond: of(({ perSecond }) => perSecond),
    medianMs: of(({ medianMs }) => medianMs),
    p99Ms: of(({ p99Ms }) => p99Ms),
    cpuMicros: of(({ cpuMicros }) => cpuMicros),
  };
  return {
    command: 'npm run bench -- usage',
    circumstances: [
      ...describeCircumstances(stage.databaseVersion, ['express', 'knex', 'mysql2', 'joi']).slice(0, 2),
      `Load: ${callers} callers over HTTP against one process with 20 database connections; the bare updates, with Knex, come from ${callers} loops over 20 connections, without HTTP.`,
      `${subscriptions} subscriptions, each of a plan with 5 conditions; five of a thousand calls cross a threshold, and their callbacks are sent meanwhile.`,
      `Rounds: ${rounds} of ${secondsPerRound} s each, in turns, after a warm-up of ${warmUpSeconds} s. Figures are medians; the ratio is the median of the rounds' ratios. One hot subscription: ${hotCalls} calls.`,
    ],
    tables: [
      {
        columns: ['', 'calls/s', 'of bare', 'p50 ms', 'p99 ms', 'CPU µs/call'],
        rows: [
          ['bare updates: BEGIN, UPDATE, COMMIT', median(bare).toFixed(0), '1.00', '', '', ''],
          ['bare updates: UPDATE alone', median(autocommitted).toFixed(0), '', '', '', ''],
          ['usage, without HTTP', median(plain).toFixed(0), ratioOf(plain).toFixed(2), '', '', ''],
          row('usage', typical, ratio.toFixed(2)),
          row('usage, one hot subscription', hot, ''),
        ],
      },
    ],
    bounds: [
      atLeast('usage calls/s', typical.perSecond, 2500),
      atLeast('usage, of bare updates', ratio, 0.5),
      atLeast('usage calls/s, one hot subscription', hot.perSecond, 500),
      atMost('counts lost on it', lost, 0, 'calls'),
    ],
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
