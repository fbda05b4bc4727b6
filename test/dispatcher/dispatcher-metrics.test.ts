import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Database } from '../../src/database/database.ts';
import { insertRows } from '../../src/database/insert-rows.ts';
import { createDispatcherMetrics } from '../../src/dispatcher/dispatcher-metrics.ts';
import type { Result } from '../../src/dispatcher/model/delivery.ts';
import { failureClasses } from '../../src/dispatcher/model/outcome-error.ts';
import { queueTable } from '../../src/dispatcher/store/queue-repository.ts';
import { createMetricsRegistry } from '../../src/metrics/metrics.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { openDispatcherTables } from '../support/dispatcher-tables.ts';
import { onEveryEngine } from '../support/engines.ts';
import { queueColumns } from '../support/queue-columns.ts';

const second = 1_000_000;
const start = 1_800_000_000 * second;

onEveryEngine("the dispatcher's metrics", ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 2);
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  test('the metrics show the current queue at each reading', async () => {
    let time = start;
    const registry = createMetricsRegistry();
    createDispatcherMetrics({ registry, database, now: () => time, inFlight: () => 3 });
    const seen = async () => {
      const text = await registry.metrics();
      const numberOf = (name: string) =>
        Number(new RegExp(`^hookgate_dispatcher_${name} (\\S+)$`, 'm').exec(text)?.[1]);
      return { due: numberOf('due'), age: numberOf('oldest_due_age_seconds'), inFlight: numberOf('in_flight') };
    };
    assert.deepEqual(await seen(), { due: 0, age: 0, inFlight: 3 });
    const rows = [start - 90 * second, start - second, start + second].map((dueAt, key) => [
      ...[randomUUID(), key, 'probe', `endpoint-${key}`, dueAt],
      ...[0, 0, 0, 0, 0],
    ]);
    await insertRows(database.knex, queueTable, queueColumns, rows);
    assert.deepEqual(await seen(), { due: 2, age: 90, inFlight: 3 });
    time += 2 * second;
    assert.deepEqual(await seen(), { due: 3, age: 92, inFlight: 3 });
  });

  test('deliveries that are given up are counted by their class, which are all there from the start', async () => {
    const registry = createMetricsRegistry();
    const { attempted } = createDispatcherMetrics({ registry, database, now: () => start, inFlight: () => 0 });
    const seen = async () =>
      new Map(
        [...(await registry.metrics()).matchAll(/^hookgate_deliveries_given_up_total{error="(\w+)"} (\d+)$/gm)].map(
          ([, error, count]) => [error, Number(count)],
        ),
      );
    assert.deepEqual([...(await seen()).keys()].toSorted(), [...failureClasses].toSorted());
    const ended = (state: string, outcome: object) => ({ decision: { state }, outcome }) as unknown as Result;
    attempted([
      ended('failed', { kind: 'answered', status: 404 }),
      ended('failed', { kind: 'answered', status: 410 }),
      ended('failed', { kind: 'answered', status: 999 }),
      ended('failed', { kind: 'silent', error: 'read_timeout' }),
      ended('failed', { kind: 'unknown' }),
      ended('pending', { kind: 'answered', status: 503 }),
      ended('delivered', { kind: 'answered', status: 200 }),
      ended('cancelled', { kind: 'gone' }),
    ]);
    const counted = [...(await seen())].filter(([, count]) => count > 0);
    assert.deepEqual(Object.fromEntries(counted), { status_4xx: 2, status_other: 1, read_timeout: 1, crash_loop: 1 });
  });

  test('the endpoints that were reported as failing are counted, of all organizations', async () => {
    const registry = createMetricsRegistry();
    createDispatcherMetrics({ registry, database, now: () => start, inFlight: () => 0 });
    const seen = async () => /^hookgate_endpoints_failing (\S+)$/m.exec(await registry.metrics())?.[1];
    assert.equal(await seen(), '0');
    const rows = [0, 1, 1, 2, 3].map((state, at) => ({
      ...{ organization: `org-${at}`, endpoint_id: `endpoint-${at}`, endpoint_kind: 'probe', state },
      ...{ last_attempt_at: start, last_status: 503, last_error: '', last_delivery_at: 0, failing_since: start },
    }));
    await database.knex('dispatcher_health').insert(rows);
    assert.equal(await seen(), '2');
  });
});
