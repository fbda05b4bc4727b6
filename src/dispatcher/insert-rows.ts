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
  const literal = (value: unknown): string => {
    if (value === null) return 'null';
    if (Number.isSafeInteger(value)) return String(value);
    const text = typeof value === 'string' ? literalText(value) : undefined;
    if (text === undefined) bindings.push(value);
    return text ?? '?';
  };
  const values = rows.map((row) => `(${row.map(literal).join(',')})`).join(',');
  await db.raw(`insert into ${table} (${columns.join(',')}) values ${values}`, bindings as Knex.RawBinding[]);
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
