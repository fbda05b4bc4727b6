// The dispatcher of one process, with its default settings, against the sink.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { openDispatcher } from '../../src/dispatcher/open.ts';
import { createLogOutput } from '../../src/logger.ts';
import { createMetricsRegistry } from '../../src/metrics.ts';
import { answerQuestions, batchSize, payloadBytes, payloadOf } from './runner.ts';

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
const payload = payloadOf(payloadBytes);
let target = '';
let deadTarget = '';
let statements = 0;
database.knex.on('query', () => {
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
          url: `${id.startsWith('dead') ? deadTarget : target}/${id}`,
          method: 'POST',
          secrets: [secret],
          confidential: [],
        },
      ]),
    ),
});

const delivery = (endpoint: string) => ({
  organization: 'bench',
  endpoint: { kind: 'bench', id: endpoint },
  type: 'bench',
  payload,
});

answerQuestions({
  /** Enqueues `count` deliveries over `endpoints` endpoints, 250 in a transaction; gives the rate. */
  async enqueue({ count, endpoints, prefix = 'e' }: { count: number; endpoints: number; prefix?: string }) {
    const start = performance.now();
    for (let at = 0; at < count; at += batchSize) {
      const batch = Array.from({ length: Math.min(batchSize, count - at) }, (_, index) =>
        delivery(`${prefix}${(at + index) % endpoints}`),
      );
      await database.transaction((trx) => dispatcher.enqueue(trx, batch));
    }
    return { perSecond: count / ((performance.now() - start) / 1000) };
  },
  async start(question: { target: string; deadTarget?: string }) {
    target = question.target;
    deadTarget = question.deadTarget ?? '';
    statements = 0;
    await dispatcher.start();
    return {};
  },
  async statements() {
    return { statements };
  },
  /** Sends `count` deliveries one by one, `everyMs` apart, in transactions of their own. */
  async trickle({
    count,
    everyMs,
    endpoints,
    dead,
  }: {
    count: number;
    everyMs: number;
    endpoints: number;
    dead: number;
  }) {
    const started = performance.now();
    const pending: Promise<unknown>[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const wait = started + sent * everyMs - performance.now();
      if (wait > 0) await sleep(wait);
      const endpoint = sent % endpoints;
      pending.push(
        database.transaction((trx) =>
          dispatcher.enqueue(trx, [delivery(`${endpoint < dead ? 'dead' : 'live'}${endpoint}`)]),
        ),
      );
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
