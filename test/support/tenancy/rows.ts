import type { Database } from '../../../src/database/database.ts';

/** A row and its table. */
export interface StoredRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
  /** Equal rows have equal texts. */
  readonly text: string;
}

/**
 * Reads every row of every table except the migrations' own, and two that a process writes at any time: the profiles of
 * endpoints and its own sign of life.
 */
export async function readAllRows(database: Database): Promise<StoredRow[]> {
  return database.read(async (db) => {
    const tables: { name: string }[] =
      database.engine === 'sqlite'
        ? await db('sqlite_master').where({ type: 'table' }).whereNot('name', 'like', 'sqlite_%').select('name')
        : await db('information_schema.tables').whereRaw('table_schema = database()').select({ name: 'table_name' });
    const rows: StoredRow[] = [];
    for (const { name } of tables.filter(
      (table) => !/migrations|^dispatcher_endpoints$|^gateway_processes$/.test(table.name),
    )) {
      for (const row of await db(name).select<Record<string, unknown>[]>('*'))
        rows.push({ table: name, row, text: `${name} ${JSON.stringify(row)}` });
    }
    return rows;
  });
}
