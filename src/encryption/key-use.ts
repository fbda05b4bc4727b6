import type { Database, Knex } from '../database/database.ts';
import type { EncryptedTable } from './encrypted-table.ts';

/** The number of values of a table under one key. */
export interface KeyUse {
  readonly table: string;
  readonly keyId: string;
  /** Values of `encrypt`, by columns: a row may have several. */
  readonly values: number;
  /** Fingerprints that are still in use. */
  readonly fingerprints: number;
  /** Microseconds: the end of the last of these fingerprints; infinite if one never ends. */
  readonly until: number;
}

/** A row as the walk over its table sees it: its key, and the key id of each value. */
export interface KeyedRow {
  readonly key: string;
  /** By column; undefined where the column has no value. */
  readonly keyIds: Readonly<Record<string, string | undefined>>;
  /** By fingerprint column, in microseconds. */
  readonly ends: Readonly<Record<string, number>>;
}

const windowRows = 200;
/** Of a text without a key id in front. */
export const noKeyId = 'none';

/** Walks over a table by its primary key, a window of rows at a time: short statements, however long the table is. */
export async function* walkTable(database: Database, encrypted: EncryptedTable): AsyncGenerator<KeyedRow[]> {
  let after: string | undefined;
  for (;;) {
    const rows: Record<string, unknown>[] = await database.read((db) => windowOf(db, encrypted, after));
    if (rows.length === 0) return;
    const keyed = rows.map((row) => toKeyedRow(encrypted, row));
    yield keyed;
    after = keyed.at(-1)?.key;
  }
}

function windowOf(db: Knex, { table, key, columns, fingerprints = [] }: EncryptedTable, after: string | undefined) {
  const names = [...columns, ...fingerprints.map(({ column }) => column)];
  const query = db(table)
    .select({ k: key })
    .select(names.map((name, index) => db.raw('substr(??, 1, 9) as ??', [name, `v${index}`])))
    .select(
      fingerprints.map(({ expires }, index) =>
        db.raw(expires ? '?? as ??' : 'null as ??', [expires ?? [], `e${index}`].flat()),
      ),
    )
    .orderBy(key)
    .limit(windowRows);
  return after === undefined ? query : query.where(key, '>', after);
}

function toKeyedRow({ columns, fingerprints = [] }: EncryptedTable, row: Record<string, unknown>): KeyedRow {
  const names = [...columns, ...fingerprints.map(({ column }) => column)];
  return {
    key: String(row.k),
    keyIds: Object.fromEntries(names.map((name, index) => [name, keyIdOf(row[`v${index}`])])),
    ends: Object.fromEntries(
      fingerprints.map(({ column, expires }, index) => [
        column,
        expires === undefined ? Number.POSITIVE_INFINITY : Number(row[`e${index}`]),
      ]),
    ),
  };
}

function keyIdOf(start: unknown): string | undefined {
  if (typeof start !== 'string' || start === '') return undefined;
  return /^([0-9a-f]{8})\.$/.exec(start)?.[1] ?? noKeyId;
}

/** Counts the values under each key. */
export async function countKeyUse(
  database: Database,
  tables: readonly EncryptedTable[],
  now: number,
): Promise<KeyUse[]> {
  const uses: KeyUse[] = [];
  for (const encrypted of tables) {
    const counts = new Map<string, { values: number; fingerprints: number; until: number }>();
    const countOf = (keyId: string) => {
      const count = counts.get(keyId) ?? { values: 0, fingerprints: 0, until: 0 };
      counts.set(keyId, count);
      return count;
    };
    for await (const rows of walkTable(database, encrypted)) {
      for (const row of rows) {
        for (const column of encrypted.columns) {
          const keyId = row.keyIds[column];
          if (keyId !== undefined) countOf(keyId).values += 1;
        }
        for (const [column, end] of Object.entries(row.ends)) {
          const keyId = row.keyIds[column];
          if (keyId === undefined || end <= now) continue;
          const count = countOf(keyId);
          count.fingerprints += 1;
          count.until = Math.max(count.until, end);
        }
      }
    }
    for (const [keyId, count] of counts) uses.push({ table: encrypted.table, keyId, ...count });
  }
  return uses;
}
