import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { ensureTable } from '../../src/database/schema.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';

const table = 'some_rows';
/** Microseconds since 1970. */
const [first, last] = ['0001-01-01', '9999-12-31'].map((day) => Date.parse(day) * 1000) as [number, number];
/** Rows of SQLite have no prototype. */
const plain = (rows: readonly object[]): object[] => rows.map((row) => ({ ...row }));

onEveryEngine('integers beyond the safe ones', ({ createDatabase, testOnSqlite }) => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    testDatabase = await createDatabase();
    const { DATABASE_URL = '' } = testDatabase.env;
    database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 1, DATABASE_SSL: 'off' });
    await ensureTable(database.knex, table, (created) => {
      created.integer('id').primary();
      created.bigInteger('at').notNullable();
      created.string('word', 10).nullable();
    });
  });
  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const rows = [
    { id: 1, at: first, word: null },
    { id: 2, at: 5, word: 'five' },
    { id: 3, at: last, word: 'last' },
  ];

  test('large integers are read as numbers, like the others', async () => {
    await database.knex(table).insert(rows);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(plain(await database.knex(table).orderBy('id')), rows);
      assert.deepEqual(plain(await database.knex(table).where('id', 2)), [rows[1]]);
      assert.deepEqual(await database.knex(table).where('at', '>=', last).pluck('at'), [last]);
    }
    const ends = await database.knex(table).max({ at: 'at' }).min({ least: 'at' });
    assert.deepEqual(plain(ends), [{ at: last, least: first }]);
  });

  testOnSqlite('a statement that changes data returns large integers, and runs once', async () => {
    await database.knex(table).insert(rows);
    const changed = await database.knex(table).where('id', '>', 1).increment('id', 10).returning(['id', 'at']);
    assert.deepEqual(plain(changed), [
      { id: 12, at: 5 },
      { id: 13, at: last },
    ]);
    const common = `with sums as (select sum(id) as total, max(at) as at from ${table}) select * from sums`;
    assert.deepEqual(plain(await database.knex.raw(common)), [{ total: 26, at: last }]);
  });
});
