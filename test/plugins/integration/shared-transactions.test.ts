import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSharedTransactions, type Outcome } from '../../../plugins/integration/shared-transactions.ts';
import { databaseUnavailable, notFound } from '../../../src/errors.ts';
import type { Knex } from '../../../src/plugin.ts';
import { eventually } from '../../support/eventually.ts';

interface Stored {
  name: string;
}

const plain = {} as Knex;

/** Simulates transactions that stay open until they are released, and whose COMMIT may fail. */
function createStage(work: (names: readonly string[]) => Outcome<Stored>[], commit = () => undefined as unknown) {
  const seen: string[][] = [];
  const gates: (() => void)[] = [];
  let isOpen = false;
  const run = createSharedTransactions<string, Stored>({
    database: {
      async transaction(inside) {
        const result = await inside(undefined as never);
        if (!isOpen) await new Promise<void>((resolve) => gates.push(resolve));
        commit();
        return result;
      },
    },
    async work(_trx, names) {
      seen.push([...names]);
      return work(names);
    },
  });
  return {
    run,
    add: (name: string) => run(plain, name),
    seen,
    release: () => gates.splice(0).forEach((go) => void go()),
    open() {
      isOpen = true;
      this.release();
    },
  };
}

const stored = (names: readonly string[]): Stored[] => names.map((name) => ({ name }));

test('items that arrive during a transaction share the next one, and each caller gets its own result', async () => {
  const stage = createStage(stored);
  const results = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => stage.add(name));
  await eventually(() => stage.seen.length === 2);
  stage.open();
  assert.deepEqual(
    (await Promise.all(results)).map(({ name }) => name),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  );
  assert.deepEqual(stage.seen, [['a'], ['b'], ['c', 'd', 'e', 'f']]);
});

test('items that arrive while a transaction begins are in it, and fail with it if it does not', async () => {
  const begins: PromiseWithResolvers<void>[] = [];
  const seen: string[][] = [];
  const run = createSharedTransactions<string, Stored>({
    database: {
      async transaction(inside) {
        const begin = Promise.withResolvers<void>();
        begins.push(begin);
        await begin.promise;
        return inside(undefined as never);
      },
    },
    async work(_trx, names) {
      seen.push([...names]);
      return stored(names);
    },
  });
  const first = ['a', 'b'].map((name) => run(plain, name));
  begins[0]?.reject(databaseUnavailable('away'));
  const failed = await Promise.allSettled(first);
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  const second = ['c', 'd', 'e'].map((name) => run(plain, name));
  await eventually(() => begins.length === 2);
  begins[1]?.resolve();
  assert.deepEqual(await Promise.all(second), stored(['c', 'd', 'e']));
  assert.deepEqual(seen, [['c', 'd', 'e']]);
});

test('a single item is not delayed', async () => {
  const stage = createStage(stored);
  stage.open();
  await Promise.all(Array.from({ length: 50 }, (_, index) => stage.add(String(index))));
  assert.equal((await stage.add('alone')).name, 'alone');
  assert.deepEqual(stage.seen.at(-1), ['alone']);
});

test('a single item right after a burst does not wait for others', async () => {
  const stage = createStage(stored);
  stage.open();
  await Promise.all(Array.from({ length: 50 }, (_, index) => stage.add(String(index))));
  const before = stage.seen.length;
  const alone = stage.add('alone');
  assert.equal(stage.seen.length, before + 1);
  await alone;
});

test('transactions that hang do not delay the others', async () => {
  const stage = createStage(stored);
  const hanging = ['a', 'b'].map((name) => stage.add(name));
  await eventually(() => stage.seen.length === 2);
  const other = stage.add('c');
  await eventually(() => stage.seen.length === 3);
  stage.open();
  await Promise.all([...hanging, other]);
  assert.deepEqual(stage.seen, [['a'], ['b'], ['c']]);
});

test('a transaction has at most a hundred items', async () => {
  const stage = createStage(stored);
  const results = Array.from({ length: 350 }, (_, index) => stage.add(String(index)));
  stage.open();
  assert.equal((await Promise.all(results)).length, 350);
  assert.equal(Math.max(...stage.seen.map(({ length }) => length)), 100);
});

test('an error of one item does not affect the others, even if it breaks the transaction', async () => {
  const stage = createStage((names) => {
    if (names.includes('poison')) throw new Error('no such luck');
    return names.map((name) => (name === 'bad' ? notFound() : { name }));
  });
  const names = ['a', 'b', 'c', 'bad', 'poison', 'd'];
  const results = Promise.allSettled(names.map((name) => stage.add(name)));
  stage.open();
  const outcomes = (await results).map((result) =>
    result.status === 'fulfilled' ? result.value.name : (result.reason as Error).message,
  );
  assert.deepEqual(outcomes, ['a', 'b', 'c', 'No such route.', 'no such luck', 'd']);
});

test('an unavailable database is tried once for a whole batch, and items succeed after it has recovered', async () => {
  let isAway = true;
  const stage = createStage((names) => {
    if (isAway) throw databaseUnavailable('away');
    return stored(names);
  });
  stage.open();
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => stage.add(name)));
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(stage.seen.flat().length, 4);
  isAway = false;
  assert.equal((await stage.add('e')).name, 'e');
});

test('a poisonous item among a hundred costs a few transactions, not a hundred', async () => {
  const stage = createStage((names) => {
    if (names.includes('66')) throw new Error('no such luck');
    return stored(names);
  });
  const names = Array.from({ length: 102 }, (_, index) => String(index));
  const results = Promise.allSettled(names.map(stage.add));
  stage.open();
  const failed = (await results).flatMap(({ status }, index) => (status === 'rejected' ? [names[index]] : []));
  assert.deepEqual(failed, ['66']);
  assert.ok(stage.seen.length < 20, `${stage.seen.length} transactions`);
});

test('a COMMIT that fails because the database is away fails every item of the transaction, and none is repeated', async () => {
  const stage = createStage(stored, () => {
    throw databaseUnavailable('away');
  });
  stage.open();
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(stage.add));
  assert.deepEqual(
    results.map((result) => (result.status === 'rejected' ? result.reason.status : 'resolved')),
    [503, 503, 503, 503],
  );
  assert.deepEqual(stage.seen.flat(), ['a', 'b', 'c', 'd']);
});

test('an item of a caller with a transaction runs there, with its own error', async () => {
  const stage = createStage((names) => names.map((name) => (name === 'bad' ? notFound() : { name })));
  const trx = { isTransaction: true } as Knex;
  assert.deepEqual(await stage.run(trx, 'good'), { name: 'good' });
  await assert.rejects(stage.run(trx, 'bad'), { status: 404 });
  assert.deepEqual(stage.seen, [['good'], ['bad']]);
});
