import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createSystemClock } from '../../../src/clock.ts';
import type { CorrectedClock } from '../../../src/database/corrected-clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { insertRows } from '../../../src/database/insert-rows.ts';
import { queueTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { createDueRepair } from '../../../src/dispatcher/worker/due-repair.ts';
import type { TestDatabase } from '../../../src/testing/index.ts';
import { openDispatcherTables } from '../../support/dispatcher-tables.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { queueColumns } from '../../support/queue-columns.ts';

const now = createSystemClock();
const minute = 60_000_000;
const never = Number.MAX_SAFE_INTEGER;

onEveryEngine('rows that a wrong clock has put off', ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let move: (micros: number) => void = () => undefined;

  before(async () => {
    testDatabase = await createDatabase();
    database = await openDispatcherTables(testDatabase, 4);
  });
  beforeEach(() => database.knex(queueTable).delete());
  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const add = (
    count: number,
    endpoint: number,
    row: { dueAt: number; held?: number; attempts?: number; wait?: number },
  ) =>
    insertRows(
      database.knex,
      queueTable,
      [...queueColumns, 'wait_us'],
      Array.from({ length: count }, () => {
        const { dueAt, held = 0, attempts = 0, wait = 0 } = row;
        return [randomUUID(), endpoint, 'probe', 'x', dueAt, held, 0, attempts, 0, 0, wait];
      }),
    );

  const later = async (): Promise<Record<number, number>> => {
    const rows = (await database
      .knex(queueTable)
      .where('due_at', '>', now())
      .groupBy('endpoint_key')
      .select('endpoint_key')
      .count({ rows: '*' })) as { endpoint_key: number; rows: number }[];
    return Object.fromEntries(rows.map((row) => [row.endpoint_key, Number(row.rows)]));
  };

  const repair = () => {
    const onMove: CorrectedClock['onMove'] = (listener) => {
      move = listener;
    };
    const clock = { now, onMove } as unknown as CorrectedClock;
    return createDueRepair({
      database,
      clock,
      settings: { retryIntervalMicros: 5 * minute },
      signal: new AbortController().signal,
    });
  };

  test('new rows are pulled in page by page, whether their due times are equal or not, and retries keep theirs', async () => {
    const dueAt = now() + 3 * minute;
    await add(2500, 1, { dueAt });
    await add(1200, 2, { dueAt: dueAt + 1000, attempts: 1 });
    for (let index = 0; index < 40; index += 1) await add(60, 3, { dueAt: dueAt + 990 + index * 2 + 1 });
    await add(3, 4, { dueAt: never, held: 1 });
    assert.deepEqual((await repair().run()).sort(), [1, 3]);
    assert.deepEqual(await later(), { 2: 1200, 4: 3 });
  });

  test('every run pulls in rows that are due later than any rule allows', async () => {
    const repairs = repair();
    await repairs.run();
    await add(700, 1, { dueAt: now() + 60 * minute, attempts: 2 });
    await add(5, 2, { dueAt: now() + 5 * minute, attempts: 2 });
    await add(5, 3, { dueAt: now() + 3 * minute });
    assert.deepEqual(await repairs.run(), [1]);
    assert.deepEqual(await later(), { 1: 200, 2: 5, 3: 5 });
    await repairs.run();
    assert.deepEqual(await later(), { 2: 5, 3: 5 });
  });

  test('a long wait of a schedule is left alone, and a wrong clock is noticed behind many of them', async () => {
    const repairs = repair();
    await repairs.run();
    const wait = 2 * 24 * 60 * minute;
    for (let index = 0; index < 40; index += 1) await add(30, 1, { dueAt: now() + wait - index, attempts: 1, wait });
    await add(5, 2, { dueAt: now() + 2 * wait, attempts: 1, wait });
    await add(5, 3, { dueAt: now() + 2 * wait, attempts: 1 });
    // A run looks at 500 late rows.
    const found = async (): Promise<number[]> => [
      ...(await repairs.run()),
      ...(await repairs.run()),
      ...(await repairs.run()),
    ];
    assert.deepEqual((await found()).sort(), [2, 3]);
    assert.deepEqual(await later(), { 1: 1200 });
    await add(5, 4, { dueAt: now() + 60 * minute, attempts: 1 });
    assert.deepEqual(await found(), [4]);
    assert.deepEqual(await later(), { 1: 1200 });
  });

  test('new rows are pulled in when the clock has moved back, and not when it has moved forward', async () => {
    const repairs = repair();
    await repairs.run();
    await add(5, 1, { dueAt: now() + minute });
    move(3 * minute);
    assert.deepEqual(await repairs.run(), []);
    move(-3 * minute);
    assert.deepEqual(await repairs.run(), [1]);
    assert.deepEqual(await later(), {});
  });
});
