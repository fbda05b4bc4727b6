import type { Knex } from './database.ts';
import { literalText } from './sql-text.ts';
import { bytesOf, statementBytesOf } from './statement-size.ts';

type Row = readonly unknown[];

/** With fewer rows, sharing common values saves nothing. */
const many = 16;
/** Beginning of a row in a VALUES list of a SELECT: MySQL requires the keyword, the other engines read a comment. */
const rowOfTable = '/*!80019 row*/(';

/**
 * Inserts many rows with one statement; `rows` have their values in the order of `columns`. Numbers, nulls and plain
 * texts are inlined and only other texts bound: a bound value is processed three times on its way, and Knex's own
 * builder takes several times as long again. A value that all rows share is sent once: parsing one costs the server
 * 0.5 µs. Rows with long texts are divided into several statements, so that no server refuses one for its size.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  const source = (rows.length < many ? undefined : withShared(columns, rows)) ?? withAll(rows);
  if (rows.length > 1 && bytesOf(source) > statementBytesOf(db)) {
    const half = Math.ceil(rows.length / 2);
    await insertRows(db, table, columns, rows.slice(0, half));
    return insertRows(db, table, columns, rows.slice(half));
  }
  const { text, bindings } = source;
  const sql = `insert into ${table} (${columns.join(',')}) ${text}`;
  // Without bindings, Knex does not search the statement for placeholders.
  await (bindings.length > 0 ? db.raw(sql, bindings as Knex.RawBinding[]) : db.raw(sql));
}

interface Source {
  text: string;
  bindings: readonly unknown[];
}

const withAll = (rows: readonly Row[]): Source => {
  const bindings: unknown[] = [];
  const text = `values ${listOf(rows, Object.keys(rows[0] ?? []).map(Number), '(', bindings)}`;
  return { text, bindings };
};

/**
 * A SELECT that adds the shared values to the varying ones. Undefined if no column is shared, or if a varying value
 * has to be bound: the server materializes the VALUES list as a table, whose rows all have room for the longest text.
 */
function withShared(columns: readonly string[], rows: readonly Row[]): Source | undefined {
  const [first = []] = rows;
  const own = Object.keys(first).map(Number);
  const varying = own.filter((place) => rows.some((row) => row[place] !== first[place]));
  if (varying.length === 0 || varying.length === columns.length) return undefined;
  const bound: unknown[] = [];
  const list = listOf(rows, varying, rowOfTable, bound);
  if (bound.length > 0) return undefined;
  const bindings: unknown[] = [];
  const selected = own.map((place) => (varying.includes(place) ? columns[place] : markOf(first[place], bindings)));
  const names = varying.map((place) => columns[place]).join(',');
  return { text: `with own (${names}) as (values ${list}) select ${selected.join(',')} from own`, bindings };
}

/** The VALUES list of the columns at `places`. Values that have to be bound are appended to `bindings`. */
function listOf(rows: readonly Row[], places: readonly number[], begin: string, bindings: unknown[]): string {
  let list = '';
  // Literals of the previous row are reused: most values repeat.
  let before: Row = [];
  const literals: (string | number | undefined)[] = [];
  // Plain loops: `map` and `join` take half as long again.
  for (const row of rows) {
    list += list === '' ? begin : `,${begin}`;
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] as number;
      const value = row[place];
      if (value !== before[place]) literals[place] = literalOf(value);
      const literal = literals[place];
      if (at > 0) list += ',';
      list += literal ?? '?';
      if (literal === undefined) bindings.push(value);
    }
    list += ')';
    before = row;
  }
  return list;
}

/** A value as an SQL literal; undefined if it must be bound. */
function literalOf(value: unknown): string | number | undefined {
  if (typeof value === 'string') return literalText(value);
  if (value === null) return 'null';
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

function markOf(value: unknown, bindings: unknown[]): string | number {
  const literal = literalOf(value);
  if (literal === undefined) bindings.push(value);
  return literal ?? '?';
}
