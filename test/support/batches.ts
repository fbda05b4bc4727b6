import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import { createDeliveryLog } from '../../src/dispatcher/deliveries/delivery-log.ts';
import { createEndpointChanges } from '../../src/dispatcher/deliveries/endpoint-changes.ts';
import type { Claimed, NewDelivery, Result } from '../../src/dispatcher/model/delivery.ts';
import type { Outcome } from '../../src/dispatcher/model/outcome.ts';
import { decide } from '../../src/dispatcher/model/policy.ts';
import type { EndpointLookup } from '../../src/dispatcher/sending/endpoint-lookup.ts';
import { insertDeliveries } from '../../src/dispatcher/store/enqueue.ts';
import { createBatchClaims } from '../../src/dispatcher/worker/batch-claims.ts';
import { createLogOutput } from '../../src/logger.ts';
import type { TestDatabase } from '../../src/testing/index.ts';

export const start = 1_800_000_000_000_000;
export const leaseMicros = 20_000_000;
const policy = { maxRetries: 3, retryIntervalMicros: 300_000_000 };
const directory = join(import.meta.dirname, '..', '..', 'migrations', 'dispatcher');

/** The dispatcher's tables and their repositories, with a stopped clock and without a sending worker. */
export async function openBatches(testDatabase: TestDatabase) {
  const database: Database = openDatabase({
    DATABASE_URL: testDatabase.env.DATABASE_URL ?? '',
    DATABASE_POOL_MAX: 4,
    DATABASE_SSL: 'off',
  });
  await migrate(database, [{ name: 'dispatcher', directory }]);
  const clock = { time: start };
  const now = () => clock.time;
  const lookup: EndpointLookup = {
    find: async () => [],
    findOne: async () => ({ endpoint: { state: 'unknown' }, address: { origin: '', path: '' }, at: 0 }),
  };
  const logger = createLogOutput({ LOG_LEVEL: 'error', LOG_FORMAT: 'json' }).labelled('test');
  return {
    database,
    clock,
    log: createDeliveryLog({ database, lookup, now, wake: () => undefined }),
    changes: createEndpointChanges({ database, now, logger, wake: () => undefined }),
    /** Each call simulates another process. */
    intake: () => createBatchClaims(database, now, leaseMicros),
    enqueue: (deliveries: readonly NewDelivery[]): Promise<string[]> =>
      database.transaction(async (trx) => {
        const leases = { leaseFor: () => undefined, left: new Set<number>() };
        const { accepted } = await insertDeliveries(trx, database, deliveries, now(), leases);
        return accepted.map(({ id }) => id);
      }),
    /** The rows of a table, ordered by their first column. */
    rows: async (table: string): Promise<Record<string, unknown>[]> =>
      database.read((db) => db(`dispatcher_${table}`).orderBy(1)),
    close: async () => {
      await database.close();
      await testDatabase.drop();
    },
  };
}

export type Batches = Awaited<ReturnType<typeof openBatches>>;

/** `count` deliveries over five endpoints, each with its own payload. */
export const deliveries = (count: number, more: Partial<NewDelivery> = {}): NewDelivery[] =>
  Array.from({ length: count }, (_, number) => ({
    organization: 'own',
    endpoint: { kind: 'probe', id: `e${number % 5}` },
    type: number % 2 === 0 ? 'even' : 'odd',
    payload: JSON.stringify({ number, text: "it's \\ “ü”\n🎯" }),
    ...more,
  }));

/** The result of an attempt that was answered with this status. */
export function answered(claimed: Claimed, status: number): Result {
  const outcome: Outcome = {
    kind: 'answered',
    status,
    headers: { 'content-length': '2' },
    body: 'ok',
    truncated: false,
    phases: { total: 5 },
  };
  return { claimed, startedAt: start, endedAt: start, outcome, decision: decide(outcome, claimed, policy) };
}
