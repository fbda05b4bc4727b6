import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database, Knex } from '../../../src/database/database.ts';
import type { EndpointChange } from '../../../src/dispatcher/model/endpoint-change.ts';
import { keptFailures } from '../../../src/dispatcher/model/endpoint-health.ts';
import {
  noteChanges,
  organizationsWithChanges,
  purgeChanges,
  takeChanges,
} from '../../../src/dispatcher/store/change-outbox.ts';
import {
  countFailing,
  createReports,
  type FailingEndpoint,
  failingAfter,
  organizationOfFailing,
  unreported,
} from '../../../src/dispatcher/store/failing-endpoints.ts';
import { updateHealth } from '../../../src/dispatcher/store/health-writes.ts';
import { createStatisticsRepository } from '../../../src/dispatcher/store/statistics-repository.ts';
import { noteTallies, takeTallies } from '../../../src/dispatcher/store/tally-journal.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';

const table = 'dispatcher_health';
const start = 1_800_000_000_000_000;
const empty = {
  ...{ last_status: 503, last_error: '', last_host: '', last_delivery_at: 0, failing_since: 0, failures: 0 },
  ...{ recent_failures: '', counted_from: 0, state: 0, reported_since: 0 },
};

const timesFrom = (time: number): number[] => Array.from({ length: keptFailures }, (_, at) => time + at);
const failing = { failures: 12, recent_failures: timesFrom(start + 5000).join() };

onEveryEngine('stored failing endpoints', ({ name: engine, createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 2);
    const rows = Array.from({ length: 5000 }, (_, at) => ({
      ...empty,
      ...{ organization: `org-${at % 50}`, endpoint_id: `endpoint-${at}`, endpoint_kind: 'probe' },
      ...(at % 10 === 0 ? { ...failing, failing_since: start + at, state: at % 20 === 0 ? 1 : 0 } : {}),
      last_attempt_at: start + at,
    }));
    await database.knex.batchInsert(table, rows, 250);
    if (engine === 'mysql') await database.knex.raw(`analyze table ${table}`);
  });
  after(async () => {
    await database?.close();
    await testDatabase?.drop();
  });

  /** The plan of the last query of `work`. */
  async function planOf(work: (db: Knex) => Promise<unknown>): Promise<string> {
    const asked: { sql: string; bindings: string[] }[] = [];
    const remember = (query: (typeof asked)[0]): void => void asked.push(query);
    database.knex.on('query', remember);
    await work(database.knex);
    database.knex.removeListener('query', remember);
    const { sql, bindings } = asked.at(-1) ?? assert.fail('nothing was asked');
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain format=traditional';
    const steps: object[] = database.rows(await database.knex.raw(`${explain} ${sql}`, bindings));
    // The server's steps through a derived table have no index.
    return JSON.stringify(steps.filter((step) => !/<derived/.test(JSON.stringify(step))));
  }

  test('failing endpoints are found by indexes, without reading the others and without a sort', async () => {
    const after: FailingEndpoint = {
      ...{ organization: 'org-20', endpoint: { kind: 'probe', id: 'endpoint-1020' } },
      ...{ failingSince: start + 1020, failures: 12 },
    };
    const failing = createStatisticsRepository(database.knex, database);
    const filter = { organization: 'org-20', kinds: ['probe'] };
    const plans = {
      unreported: await planOf((db) => unreported(db, start + 500, 100)),
      first: await planOf((db) => failingAfter(db, database, undefined, 100)),
      next: await planOf((db) => failingAfter(db, database, after, 100)),
      count: await planOf(countFailing),
      organization: await planOf((db) => organizationOfFailing(db, after.endpoint)),
      list: await planOf(() => failing.inState('failing', filter, 20)),
    };
    for (const [name, plan] of Object.entries(plans)) {
      assert.match(plan, /SEARCH (?:dispatcher_health|h) USING|"type":"(?:ref|range)"/, name);
      assert.doesNotMatch(
        plan,
        /SCAN (?:dispatcher_health|h)\b|"type":"(?:ALL|index)","possible_keys":null|filesort|TEMP B-TREE/,
        name,
      );
    }
  });

  test('pages of failing endpoints have each of them once, the one that fails for the longest time first', async () => {
    const found: FailingEndpoint[] = [];
    for (let after: FailingEndpoint | undefined; ; ) {
      const page = await failingAfter(database.knex, database, after, 70);
      found.push(...page);
      if (page.length < 70) break;
      after = page.at(-1);
    }
    assert.equal(found.length, 250);
    assert.equal(new Set(found.map(({ endpoint }) => endpoint.id)).size, 250);
    assert.ok(found.every(({ failingSince }, at) => at === 0 || failingSince > (found[at - 1]?.failingSince ?? 0)));
    assert.equal(await countFailing(database.knex), 250);
    assert.equal((await unreported(database.knex, start + 500, 100)).length, 25);
    assert.equal(await organizationOfFailing(database.knex, { kind: 'probe', id: 'endpoint-1' }), undefined);
    assert.equal(await organizationOfFailing(database.knex, { kind: 'probe', id: 'endpoint-10' }), 'org-10');
  });

  test('an endpoint is disabled if it is still failing and due, and its plugin has turned it off', async () => {
    const [failing] = await failingAfter(database.knex, database, undefined, 1);
    assert.ok(failing);
    const disable = (isDue: boolean, isOff: boolean): Promise<string[]> =>
      database.transaction(async (trx) => {
        const reports = createReports(trx, start + 10_000);
        const changes = await reports.disable(
          failing,
          () => isDue,
          async () => isOff,
        );
        return changes.map(({ change, since, failures }) => `${change} ${since - start} ${failures}`);
      });
    assert.deepEqual(await disable(false, true), []);
    assert.deepEqual(await disable(true, false), []);
    assert.deepEqual(await disable(true, true), [`disabled 0 12`]);
    assert.deepEqual(await disable(true, true), []);
  });

  test('rows and tallies of processes of an older version count as far as they know', async () => {
    const { knex } = database;
    const old = { organization: 'old', endpoint_kind: 'probe', endpoint_id: 'old' };
    await knex(table).insert({ ...empty, ...old, failing_since: start, last_attempt_at: start + 5 });
    const line = ['old', 'probe', 'old', 1, [0, 0, 1, 0, 0], 0, [start + 9, 503, '', 0, start + 7]];
    await knex('dispatcher_tallies').insert({ id: '0', content: JSON.stringify([line]) });
    await database.transaction(async (trx) => {
      const taken = await takeTallies(trx, database);
      assert.equal(taken?.areAll, true);
      assert.deepEqual(await updateHealth(trx, taken?.tallies ?? [], start + 10), []);
    });
    const row = await knex(table).where(old).first();
    assert.deepEqual([row.failing_since, row.failures], [start, 4]);
    assert.equal(row.recent_failures, [0, 5, 7, 9].map((at) => start + at).join());
    // Recovered and failing again, added up by an older process.
    await knex(table)
      .where(old)
      .update({ failing_since: start + 20, last_attempt_at: start + 20, state: 1 });
    const [again] = await createStatisticsRepository(knex, database).health(
      { organization: 'old', kinds: ['probe'] },
      1,
    );
    assert.deepEqual([again?.health.failures, again?.health.recent], [1, [start + 20]]);
    await knex(table).where(old).delete();
  });

  test('the journal keeps the failures of a tally', async () => {
    const recent = timesFrom(start);
    const health = {
      ...{ attemptAt: start + 30, status: 0, error: 'read_timeout', host: 'receiver.example:8443', deliveredAt: 0 },
      ...{ countedFrom: 0, failingSince: start - 50, failures: 40, recent },
    };
    const counts = { accepted: 0, delivered: 0, failed: 1, retried: 0, cancelled: 0 };
    const tally = {
      organization: 'o',
      endpoint: { kind: 'probe', id: 'kept' },
      bucket: 1,
      ...counts,
      health,
      endedAt: 0,
    };
    await database.transaction((trx) => noteTallies(trx, [tally]));
    const taken = await database.transaction((trx) => takeTallies(trx, database));
    assert.deepEqual(taken?.tallies, [tally]);
  });

  test('the outbox gives batches of an organization in their order, and is bounded in time and number', async () => {
    const changeOf = (organization: string, number: number): EndpointChange => ({
      ...{ change: 'failing', organization, endpoint: { kind: 'probe', id: `${number}`, host: '' } },
      ...{ at: start, since: start, failures: 1, error: 'status_5xx', status: 503 },
    });
    const numbers = Array.from({ length: 120 }, (_, at) => at);
    await database.transaction((trx) =>
      noteChanges(
        trx,
        numbers.flatMap((number) => [changeOf('b', number), ...(number < 3 ? [changeOf('a', number)] : [])]),
      ),
    );
    assert.deepEqual(await organizationsWithChanges(database.knex, '', 10), ['a', 'b']);
    assert.deepEqual(await organizationsWithChanges(database.knex, 'a', 10), ['b']);
    const sizes: number[] = [];
    const taken: string[] = [];
    for (let size = -1; size !== 0; ) {
      const some = (await database.transaction((trx) => takeChanges(trx, database, 'b'))) ?? [];
      size = some.length;
      sizes.push(size);
      taken.push(...some.map(({ endpoint }) => endpoint.id));
    }
    assert.deepEqual(sizes, [50, 50, 20, 0]);
    assert.deepEqual(taken, numbers.map(String));
    const purge = (before: number): Promise<number> =>
      database.transaction((trx) => purgeChanges(trx, database, before));
    assert.equal(await purge(Date.now() * 1000 - 60_000_000), 0);
    assert.equal(await purge(Date.now() * 1000 + 60_000_000), 1);
    const rows = Array.from({ length: 20_600 }, (_, at) => ({
      ...{ id: `ffffffff-0000-7000-8000-${String(at).padStart(12, '0')}`, organization: 'b', content: '[]' },
    }));
    await database.knex.batchInsert('dispatcher_changes', rows, 500);
    const before = Date.now() * 1000;
    assert.deepEqual([await purge(before), await purge(before), await purge(before)], [500, 99, 0]);
    assert.equal(
      await database
        .knex('dispatcher_changes')
        .orderBy('id')
        .where('id', '>', '')
        .first('id')
        .then((row) => row.id.slice(-3)),
      '599',
    );
  });
});
