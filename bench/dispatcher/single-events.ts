import { createReleases } from '../../src/lifecycle/releases.ts';
import type { Contestant } from '../support/contestant.ts';
import { atMostMs, type Findings, median, percentile } from '../support/findings.ts';
import { cpuMicrosOf } from '../support/process-figures.ts';
import { atLeast, type Table } from '../support/report.ts';
import type { Called } from './event-callers.ts';
import { concurrency, startContestant } from './runner.ts';
import { endpoints, type Service, startServices } from './services.ts';
import type { Stage } from './stage.ts';

const callers = 64;
const rounds = 3;
const secondsPerRound = 4;
const leadIn = { callers, seconds: 2 };
/** V8 goes on compiling a service's code for this long; services run for days. */
const warmUp = { callers, seconds: 20 };
/** A single caller, with a pause after each answer. */
const idle = { callers: 1, seconds: 3, pauseMs: 20 };

/** The figures of a round; processor time in microseconds of an event. */
interface Round {
  readonly accepted: number;
  readonly delivered: number;
  readonly answerP50: number;
  readonly answerP99: number;
  readonly callbackP50: number;
  readonly callbackP99: number;
  readonly own: number;
  readonly store: number;
  readonly sink: number;
}

/** Measures single events over HTTP, from the call to the callback. */
export async function measureSingleEvents(stage: Stage): Promise<Findings> {
  const releases = createReleases();
  try {
    await stage.reset();
    const services = await startServices(stage, releases);
    const caller = startContestant('event-callers.ts', {}, releases);
    const found = new Map<string, Round[]>(services.map(({ name }) => [name, []]));
    const alone = new Map<string, readonly number[]>();
    for (const service of services) {
      await send(stage, caller, service, warmUp);
      alone.set(service.name, (await send(stage, caller, service, idle)).lags);
    }
    for (let round = 1; round <= rounds; round += 1) {
      process.stderr.write(`events: round ${round} of ${rounds}\n`);
      for (const service of round % 2 === 0 ? services.toReversed() : services) {
        await send(stage, caller, service, leadIn);
        found.get(service.name)?.push(await measureRound(stage, caller, service));
      }
    }
    return toFindings(stage, found, alone);
  } finally {
    await releases.run();
  }
}

export interface Sent extends Called {
  /** Seconds from the first call to the last callback. */
  readonly drainedSeconds: number;
  readonly lags: readonly number[];
}

interface Load {
  readonly callers: number;
  readonly seconds: number;
  readonly pauseMs?: number;
}

/** Sends events for a time, and waits until all of them have arrived. */
export async function send(
  { sink }: Stage,
  caller: Contestant,
  { eventUrls, headers }: Service,
  load: Load,
): Promise<Sent> {
  sink.process.send({ wanted: [] });
  const start = performance.now();
  const called = await caller.ask<Called>({ do: 'call', urls: eventUrls, headers, ...load });
  const { lags } = await sink.ask<{ lags: number[] }>({ do: 'lags', count: called.accepted });
  return { ...called, lags, drainedSeconds: (performance.now() - start) / 1000 };
}

async function measureRound(stage: Stage, caller: Contestant, service: Service): Promise<Round> {
  const processes = {
    own: service.server.pid,
    store: service.redisPid ?? stage.databasePid,
    sink: stage.sink.process.pid ?? 0,
  };
  const before = Object.values(processes).map(cpuMicrosOf);
  const sent = await send(stage, caller, service, { callers, seconds: secondsPerRound });
  const [own = 0, store = 0, sink = 0] = Object.values(processes).map(
    (pid, index) => (cpuMicrosOf(pid) - (before[index] ?? 0)) / sent.accepted,
  );
  return {
    accepted: sent.accepted / sent.seconds,
    delivered: sent.accepted / sent.drainedSeconds,
    answerP50: sent.medianMs,
    answerP99: sent.p99Ms,
    callbackP50: percentile(sent.lags, 0.5),
    callbackP99: percentile(sent.lags, 0.99),
    own,
    store,
    sink,
  };
}

function toFindings(
  stage: Stage,
  found: ReadonlyMap<string, readonly Round[]>,
  alone: ReadonlyMap<string, readonly number[]>,
): Findings {
  const of = (name: string, figure: keyof Round): number =>
    median((found.get(name) ?? []).map((round) => round[figure]));
  const idleOf = (name: string, share: number): number => percentile(alone.get(name) ?? [], share);
  const names = [...found.keys()];
  const [hookgate = ''] = names;
  const row = (name: string, digits: number, ...figures: readonly (keyof Round)[]): string[] =>
    figures.map((figure) => of(name, figure).toFixed(digits));
  const speed: Table = {
    columns: [
      `Single events, ${callers} callers`,
      'accepted/s',
      'delivered/s',
      'answer p50 ms',
      'p99 ms',
      'callback p50 ms',
      'p99 ms',
      'alone: callback p50 ms',
      'p99 ms',
    ],
    rows: names.map((name) => [
      name,
      ...row(name, 0, 'accepted', 'delivered'),
      ...row(name, 1, 'answerP50', 'answerP99', 'callbackP50', 'callbackP99'),
      ...[0.5, 0.99].map((share) => idleOf(name, share).toFixed(1)),
    ]),
  };
  const cost: Table = {
    columns: ['CPU µs an event', 'service', 'database or Redis', 'sink'],
    rows: names.map((name) => [name, ...row(name, 0, 'own', 'store', 'sink')]),
  };
  return {
    circumstances: [
      `Single events: ${callers} callers over HTTP, each on its own connection, send events of about 600 bytes for one of ${endpoints} endpoints in turn, the next one after the answer of the last, which follows the commit (BullMQ: the answer of Redis, ${stage.redisVersion}; with \`everysec\` the file is flushed up to a second later, with \`always\` before the answer). One process accepts and delivers. hookgate is the gateway with default settings: bearer token, validation, look-up of the distributor, MariaDB flushed at every commit, signature, log of attempts, 64 callbacks at once to one origin. The Express service has none of the first three, sends ${concurrency} at once and signs alike; both retry. Accepted/s: answers 202 until the callers stop. Delivered/s: the same events over the time until the last has reached the sink. Answer and callback: from the call to the answer, and to the last byte at the sink. Alone: one caller, which pauses for ${idle.pauseMs} ms after each answer. Medians of ${rounds} rounds of ${secondsPerRound} s, in turns, each after ${leadIn.seconds} s that do not count, and all after ${warmUp.seconds} s of the same load, in which V8 compiles a service's code. Processor time: user and system, of all threads, until the last callback.`,
    ],
    tables: [speed, cost],
    bounds: [
      ...names.slice(1).flatMap((name) => {
        const least = name.includes('always') ? 1 : 0.8;
        const short = name.replace('Express + ', '');
        return [
          atLeast(`single events accepted, of ${short}`, of(hookgate, 'accepted') / of(name, 'accepted'), least),
          atLeast(`single events delivered, of ${short}`, of(hookgate, 'delivered') / of(name, 'delivered'), least),
          atMostMs(`call to callback, p99, beside ${short}`, of(hookgate, 'callbackP99'), of(name, 'callbackP99')),
        ];
      }),
    ],
  };
}
