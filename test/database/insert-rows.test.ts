import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { isUniqueViolation } from '../../src/database/database-errors.ts';
import { insertRows } from '../../src/database/insert-rows.ts';
import { ensureTable } from '../../src/database/schema.ts';
import { idList, literalText } from '../../src/database/sql-text.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';

const table = 'some_rows';
const columns = ['number', 'big', 'word', 'long_text'];
type Row = [number: number, big: number | null, word: string | null, text: string];

onEveryEngine('rows inserted together', ({ createDatabase }) => {
  let testDatabase: TestDatabase;
  let database: Database;
  let statements: string[];

  beforeEach(async () => {
    testDatabase = await createDatabase();
    const { DATABASE_URL = '' } = testDatabase.env;
    database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
    await ensureTable(database.knex, table, (created) => {
      created.integer('number').notNullable();
      created.bigInteger('big').nullable();
      created.string('word', 300).nullable();
      created.text('long_text', 'mediumtext').notNullable();
    });
    statements = [];
    database.knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
  });
  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const many = (row: (number: number) => Row): Row[] => Array.from({ length: 40 }, (_, number) => row(number));

  async function writeAndRead(rows: readonly Row[]): Promise<unknown[][]> {
    await insertRows(database.knex, table, columns, rows);
    const found: Record<string, unknown>[] = await database.knex(table).orderBy('number').select(columns);
    return found.map((row) => columns.map((column) => row[column]));
  }

  const odd = `it's "odd" \\ ? :x /*!80019 row*/ -- ü🎯\n`;
  const sets: Record<string, Row[]> = {
    'nothing in common': many((number) => [number, 2 ** 53 - 1 - number, `w${number}`, `t${number}`]),
    'all but the number in common': many((number) => [number, 1_700_000_000_000_000, 'word', '{"a":"b"}']),
    'empty texts and nothing in common': many((number) => [number, null, null, '']),
    'odd texts in common': many((number) => [number, -1, odd, odd]),
    'long texts in common': many((number) => [number, 0, 'x'.repeat(300), 'y'.repeat(70_000)]),
    'an odd text in one of them': many((number) => [number, 5, 'word', number === 39 ? odd : 'plain']),
    'a long text in one of them': many((number) => [number, 5, 'word', number === 20 ? 'z'.repeat(70_000) : 'plain']),
    'nulls in some of them': many((number) => [number, number % 2 ? null : number, number % 3 ? null : 'third', 'x']),
    'texts of growing length': many((number) => [number, 10 ** (number % 15), 'w'.repeat(number * 6), 'x']),
    'everything in common': many(() => [7, 7, 'seven', 'seven']),
    'few rows': many((number) => [number, 1, 'few', odd]).slice(0, 3),
  };
  for (const [what, rows] of Object.entries(sets)) {
    test(`rows are stored unchanged: ${what}`, async () => {
      assert.deepEqual(await writeAndRead(rows), rows);
      assert.equal(statements.filter((sql) => sql.startsWith('insert')).length, 1);
    });
  }

  test('values that all rows share are sent once', async () => {
    await writeAndRead(many((number) => [number, 1_700_000_000_000_000, 'in common', odd]));
    assert.equal(statements[0]?.split('in common').length, 2);
    assert.equal(statements[0]?.split('1700000000000000').length, 2);
    assert.equal(statements[0]?.split('?').length, 2);
  });

  test('one duplicate row rejects all rows', async () => {
    await database.knex.schema.alterTable(table, (altered) => altered.unique(['number']));
    const rows = many((number) => [number, 1, 'word', 'x']);
    await assert.rejects(writeAndRead([...rows, [3, 1, 'word', 'x']]), isUniqueViolation);
    assert.deepEqual(await database.knex(table), []);
  });
});

test('a text is inlined only without quotes, escapes and placeholders', () => {
  assert.equal(literalText('order.filled'), "'order.filled'");
  assert.equal(literalText('{"dns":12}'), `'{"dns":12}'`);
  for (const text of [
    "o'clock",
    'back\\slash',
    'what?',
    'two\nlines',
    'nul\0',
    'é',
    '`',
    '%',
    '\u2028',
    'x'.repeat(257),
  ])
    assert.equal(literalText(text), undefined, JSON.stringify(text));
});

test('a list of ids rejects other texts', () => {
  assert.equal(idList(['a-1', 'b-2']), "'a-1','b-2'");
  assert.throws(() => idList(['a', "') or ('1"]), RangeError);
});
