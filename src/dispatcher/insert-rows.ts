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
  // Plain loops: with `map` and `join` it takes half as long again.
  for (const row of rows) {
    let separator = values === '' ? '(' : ',(';
    for (const value of row) {
      values += separator;
      separator = ',';
      const literal = literalOf(value);
      values += literal ?? '?';
      if (literal === undefined) bindings.push(value);
    }
    values += ')';
  }
  await db.raw(`insert into ${table} (${columns.join(',')}) values ${values}`, bindings as Knex.RawBinding[]);
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
