// The dispatcher in one process with its default settings, sending to the sink.
import '../../src/v8-flags.mjs';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { openDispatcher } from '../../src/dispatcher/open-dispatcher.ts';
import { createLogOutput } from '../../src/logger.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import { answerQuestions } from '../support/contestant.ts';
import { batchSize, payloadBytes, payloadOf, payloadOfNow } from './runner.ts';

const config = loadConfig({
  ...process.env,
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
});
const database = openDatabase(config);
const now = createSystemClock();
const log = createLogOutput({ LOG_LEVEL: 'warn', LOG_FORMAT: 'json' });
const dispatcher = openDispatcher({ config, database, log, now }, createMetricsRegistry());
const secret = randomBytes(32);
/** Distinct payloads, because a shared one would be stored only once. */
const payloads = Array.from({ length: batchSize }, (_, number) => payloadOf(payloadBytes, String(number)));
interface Target {
  target: string;
  addresses: number;
}

let target = '';
/**
 * Targets by the alphabetic beginning of an endpoint's name; `*` stands for the last part of an address, a different
 * one for each endpoint.
 */
let others: Readonly<Record<string, Target>> = {};
let statements = 0;
for (const { knex } of new Set([database, database.reserved]))
  knex.on('query', () => {
    statements += 1;
  });

dispatcher.registerEndpointKind({
  name: 'bench',
  resolve: async (ids) =>
    new Map(
      ids.map((id) => [
        id,
        {
          state: 'active',
          url: `${targetOf(id)}/${id}`,
          method: 'POST',
          secrets: [secret],
          confidential: [],
        },
      ]),
    ),
});

function targetOf(id: string): string {
  const number = Number(/\d+$/.exec(id)?.[0]);
  const own = others[id.replace(/\d+$/, '')];
  return own ? own.target.replace('*', String((number % own.addresses) + 1)) : target;
}

const delivery = (endpoint: string, content: string) => ({
  organization: 'bench',
  endpoint: { kind: 'bench', id: endpoint },
  type: 'bench',
  payload: content,
});

answerQuestions({
  /** Enqueues `count` deliveries over `endpoints` endpoints, `atOnce` per transaction; returns the rate. */
  async enqueue(question: { count: number; endpoints: number; prefix?: string; atOnce?: number }) {
    const { count, endpoints, prefix = 'e', atOnce = batchSize } = question;
    const start = performance.now();
    for (let at = 0; at < count; at += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, count - at) }, (_, index) =>
        delivery(`${prefix}${(at + index) % endpoints}`, payloads[index] ?? ''),
      );
      await database.transaction((trx) => dispatcher.enqueue(trx, batch));
    }
    return { perSecond: count / ((performance.now() - start) / 1000) };
  },
  async start(question: { target: string; others?: Readonly<Record<string, Target>> }) {
    target = question.target;
    others = question.others ?? {};
    statements = 0;
    await dispatcher.start();
    return {};
  },
  async statements() {
    return { statements };
  },
  /**
   * Enqueues `count` deliveries, `everyMs` apart, each in its own transaction. Endpoints take turns; the first `dead`
   * ones never respond.
   */
  async trickle(question: { count: number; everyMs: number; endpoints: number; dead: number; prefix: string }) {
    const { count, everyMs, endpoints, dead, prefix } = question;
    const started = performance.now();
    const pending: Promise<unknown>[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const wait = started + sent * everyMs - performance.now();
      if (wait > 0) await sleep(wait);
      const number = sent % endpoints;
      const one = delivery(`${number < dead ? 'dead' : prefix}${number}`, payloadOfNow());
      pending.push(database.transaction((trx) => dispatcher.enqueue(trx, [one])));
    }
    await Promise.all(pending);
    return {};
  },
  async memory() {
    global.gc?.();
    return { megabytes: process.memoryUsage().rss / 1_000_000 };
  },
  async stop() {
    await dispatcher.stop();
    return {};
  },
});
