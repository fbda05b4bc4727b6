import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UsageReport } from '../../../plugins/integration/usage/usage.ts';
import { createUsageBatches } from '../../../plugins/integration/usage/usage-batches.ts';
import type { Recorded } from '../../../plugins/integration/usage/usage-service.ts';
import { databaseUnavailable, notFound } from '../../../src/errors.ts';
import type { Database } from '../../../src/plugin.ts';
import { eventually } from '../../support/eventually.ts';

const report = (application: string): UsageReport => ({
  organization: 'o',
  developer: 'd@example.com',
  application,
  product: 'p',
  batchSize: 1,
});

/** Simulates transactions that stay open until they are released. */
function createStage(record: (reports: readonly UsageReport[]) => Recorded[]) {
  const seen: string[][] = [];
  const gates: (() => void)[] = [];
  let isOpen = false;
  const database = {
    async transaction(work: (trx: never) => Promise<unknown>) {
      const result = await work(undefined as never);
      if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
      return result;
    },
  } as unknown as Database;
  const usage = {
    async record(_trx: unknown, reports: readonly UsageReport[]) {
      seen.push(reports.map(({ application }) => application));
      return record(reports);
    },
  };
  return {
    batches: createUsageBatches({ database, usage }),
    seen,
    release: () => gates.splice(0).forEach((go) => void go()),
    open() {
      isOpen = true;
      this.release();
    },
  };
}

const stored = (reports: readonly UsageReport[]): Recorded[] =>
  reports.map((each) => ({ ...each, id: `id of ${each.application}`, createdAt: 1 }));

test('reports that arrive during a transaction share the next one, and each caller gets its own result', async () => {
  const stage = createStage(stored);
  const results = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => stage.batches.record(report(name)));
  await eventually(() => stage.seen.length === 2);
  stage.open();
  assert.deepEqual(
    (await Promise.all(results)).map(({ id }) => id),
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `id of ${name}`),
  );
  assert.deepEqual(stage.seen, [['a'], ['b'], ['c', 'd', 'e', 'f']]);
});

test('a single report is not delayed', async () => {
  const stage = createStage(stored);
  stage.open();
  await Promise.all(Array.from({ length: 50 }, (_, index) => stage.batches.record(report(String(index)))));
  assert.equal((await stage.batches.record(report('alone'))).id, 'id of alone');
  assert.deepEqual(stage.seen.at(-1), ['alone']);
});

test('transactions that hang do not delay the others', async () => {
  const stage = createStage(stored);
  const hanging = ['a', 'b'].map((name) => stage.batches.record(report(name)));
  await eventually(() => stage.seen.length === 2);
  const other = stage.batches.record(report('c'));
  await eventually(() => stage.seen.length === 3);
  stage.open();
  await Promise.all([...hanging, other]);
  assert.deepEqual(stage.seen, [['a'], ['b'], ['c']]);
});

test('a transaction has at most a hundred reports', async () => {
  const stage = createStage(stored);
  const results = Array.from({ length: 350 }, (_, index) => stage.batches.record(report(String(index))));
  stage.open();
  assert.equal((await Promise.all(results)).length, 350);
  assert.equal(Math.max(...stage.seen.map(({ length }) => length)), 100);
});

test('an error of one report does not affect the others, even if it breaks the transaction', async () => {
  const stage = createStage((reports) => {
    if (reports.some(({ application }) => application === 'poison')) throw new Error('no such luck');
    return reports.map((each) => (each.application === 'bad' ? notFound() : (stored([each])[0] as Recorded)));
  });
  const names = ['a', 'b', 'c', 'bad', 'poison', 'd'];
  const results = Promise.allSettled(names.map((name) => stage.batches.record(report(name))));
  stage.open();
  const outcomes = (await results).map((result) =>
    result.status === 'fulfilled' ? result.value.application : (result.reason as Error).message,
  );
  assert.deepEqual(outcomes, ['a', 'b', 'c', 'No such route.', 'no such luck', 'd']);
});

test('an unavailable database is tried once for a whole batch, and reports succeed after it has recovered', async () => {
  let isAway = true;
  const stage = createStage((reports) => {
    if (isAway) throw databaseUnavailable('away');
    return stored(reports);
  });
  stage.open();
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => stage.batches.record(report(name))));
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(stage.seen.flat().length, 4);
  isAway = false;
  assert.equal((await stage.batches.record(report('e'))).id, 'id of e');
});
