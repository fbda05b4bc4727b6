import { type Knex, prepared } from '../database/database.ts';
import { literalText } from './sql-text.ts';

/**
 * One INSERT of many rows. Numbers, nulls and plain texts are written into the statement and only other texts are bound: each
 * bound value is looked at three times on its way, and Knex's own builder takes several times as long again.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const bindings: unknown[] = [];
  let values = '';
  // Of the row before: most values come again.
  let before: readonly unknown[] = [];
  const literals: (string | number | undefined)[] = [];
  // Plain loops: with `map` and `join` it takes half as long again.
  for (const row of rows) {
    values += values === '' ? '(' : ',(';
    for (let column = 0; column < row.length; column += 1) {
      const value = row[column];
      if (value !== before[column]) literals[column] = literalOf(value);
      const literal = literals[column];
      if (column > 0) values += ',';
      values += literal ?? '?';
      if (literal === undefined) bindings.push(value);
    }
    values += ')';
    before = row;
  }
  const sql = `insert into ${table} (${columns.join(',')}) values ${values}`;
  // Without values nobody looks for places that they go to.
  await (bindings.length > 0 ? db.raw(sql, bindings as Knex.RawBinding[]) : db.raw(sql));
}

/** A value as it may stand within a statement; undefined when it must be bound. */
function literalOf(value: unknown): string | number | undefined {
  if (typeof value === 'string') return literalText(value);
  if (value === null) return 'null';
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/**
 * One INSERT of a row with bytes in it. As a prepared statement: they travel as they are, where a text of them would have to be
 * escaped, and read again by the server.
 */
export async function insertBinary(
  db: Knex,
  table: string,
  row: Readonly<Record<string, string | number | Buffer>>,
): Promise<void> {
  const marks = Object.keys(row).map(() => '?');
  const sql = `insert into ${table} (${Object.keys(row).join(',')}) values (${marks.join(',')})`;
  await db.raw(sql, Object.values(row)).options(prepared);
}
