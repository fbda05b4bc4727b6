import type { Database, Knex } from '../database/database.ts';
import { listTextColumns, type TextColumn } from '../database/schema.ts';
import type { EncryptedTable } from './encrypted-table.ts';

/** The end of the name of a table with the migrations of a plugin, loaded or not. */
const migrationsEnd = /migrations$/;

/**
 * Columns with values of these keys in tables whose plugins have none of the prefixes: tables of a plugin that is not
 * loaded, or that declares no encrypted columns. `keys reencrypt` does not rewrite them, so their keys are still needed.
 */
export async function findUndeclared(
  database: Database,
  keyIds: readonly string[],
  declared: readonly string[],
  tablesDeclared: readonly EncryptedTable[],
): Promise<(TextColumn & { keyId: string })[]> {
  const columns = await database.read(listTextColumns);
  const tables = new Set(columns.map(({ table }) => table));
  const owners = [...tables].filter((table) => table.endsWith('_migrations')).map((t) => t.replace(migrationsEnd, ''));
  // The name of one plugin may begin with that of another: the longest prefix is the owner's.
  const ownerOf = (table: string): string =>
    [...declared, ...owners].reduce(
      (longest, prefix) => (table.startsWith(prefix) && prefix.length > longest.length ? prefix : longest),
      '',
    );
  const isDeclared = ({ table, column }: TextColumn): boolean =>
    tablesDeclared.some(
      (known) =>
        known.table === table &&
        [...known.columns, ...(known.fingerprints ?? []).map((mark) => mark.column)].includes(column),
    );
  const others = columns.filter((column) => !declared.includes(ownerOf(column.table)) && !isDeclared(column));

  const found: (TextColumn & { keyId: string })[] = [];
  for (const column of others) {
    // On connections without a limit of reads: no index helps here.
    for (const keyId of keyIds)
      if (await database.reserved.read((db) => hasValue(db, column, keyId))) found.push({ ...column, keyId });
  }
  return found;
}

const hasValue = async (db: Knex, { table, column }: TextColumn, keyId: string): Promise<boolean> =>
  (await db(table).where(column, 'like', `${keyId}.%`).select(db.raw('1')).first()) !== undefined;
