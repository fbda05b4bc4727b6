import type { Database, Knex } from '../database/database.ts';
import { listTextColumns, type TextColumn } from '../database/schema.ts';

/**
 * Columns with values of these keys in tables whose names have none of the prefixes: tables of a plugin that is not
 * loaded, or that declares no encrypted columns. `keys reencrypt` does not rewrite them, so their keys are still needed.
 */
export async function findUndeclared(
  database: Database,
  keyIds: readonly string[],
  declared: readonly string[],
): Promise<(TextColumn & { keyId: string })[]> {
  const columns = await database.read(listTextColumns);
  const others = columns.filter(({ table }) => !declared.some((prefix) => table.startsWith(prefix)));
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
