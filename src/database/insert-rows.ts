import { type Knex, prepared } from './database.ts';
import { literalText } from './sql-text.ts';

type Row = readonly unknown[];

/** Of fewer rows it makes no difference how often something is written. */
const many = 16;
/** Begins a row that a SELECT reads: MySQL wants the word, the others take it for a remark. */
const rowOfTable = '/*!80019 row*/(';

/**
 * One INSERT of many rows. Numbers, nulls and plain texts are written into the statement and only other texts are bound: each
 * bound value is looked at three times on its way, and Knex's own builder takes several times as long again. What many rows
 * have in common is written once: every value that the server has to read costs it half a microsecond.
 */
export async function insertRows(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  const { text, bindings } = (rows.length < many ? undefined : withShared(columns, rows)) ?? withAll(rows);
  const sql = `insert into ${table} (${columns.join(',')}) ${text}`;
  // Without values nobody looks for places that they go to.
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
 * A SELECT that adds what all rows have in common to what they have not. Undefined when nothing is in common, or one has to be
 * bound of the others: of what a SELECT reads the server makes a table, with room for the longest text in every row.
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

/** Rows of a VALUES with these of their values; adds what has to be bound. */
function listOf(rows: readonly Row[], places: readonly number[], begin: string, bindings: unknown[]): string {
  let list = '';
  // Of the row before: most values come again.
  let before: Row = [];
  const literals: (string | number | undefined)[] = [];
  // Plain loops: with `map` and `join` it takes half as long again.
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

/** A value as it may stand within a statement; undefined when it must be bound. */
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
