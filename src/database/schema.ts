import type { Knex } from 'knex';

/**
 * Idempotent steps for migrations. MySQL commits every DDL statement implicitly, so a migration that crashed half-way
 * is run again on top of its partial result.
 */

/**
 * Creates a table if it is missing. Text compares by bytes: the servers' default collations ignore case and accents.
 */
export async function ensureTable(
  knex: Knex,
  table: string,
  define: (columns: Knex.CreateTableBuilder) => void,
): Promise<void> {
  if (await knex.schema.hasTable(table)) return;
  await knex.schema.createTable(table, (columns) => {
    if (!isSqlite(knex)) {
      // Knex writes the text as it is. The row format of a server's choice may have shorter keys.
      columns.engine('InnoDB row_format = dynamic');
      columns.charset('utf8mb4');
      columns.collate('utf8mb4_bin');
    }
    define(columns);
  });
}

/** Creates an index named `<table>_<columns>` (cut to 64 characters) if it is missing. */
export async function ensureIndex(
  knex: Knex,
  table: string,
  columns: string[],
  options: { unique?: boolean } = {},
): Promise<void> {
  const name = nameOfIndex(table, columns);
  if (await hasIndex(knex, table, name)) return;
  await knex.schema.alterTable(table, (builder) => {
    if (options.unique) builder.unique(columns, { indexName: name });
    else builder.index(columns, name);
  });
}

/** Drops an index that `ensureIndex` has created, if it is there. */
export async function dropIndex(knex: Knex, table: string, columns: string[]): Promise<void> {
  const name = nameOfIndex(table, columns);
  if (await hasIndex(knex, table, name))
    await knex.schema.alterTable(table, (builder) => builder.dropIndex(columns, name));
}

const nameOfIndex = (table: string, columns: readonly string[]): string => `${table}_${columns.join('_')}`.slice(0, 64);

async function hasIndex(knex: Knex, table: string, name: string): Promise<boolean> {
  const query = isSqlite(knex)
    ? knex('sqlite_master').where({ type: 'index', tbl_name: table, name })
    : knex('information_schema.statistics')
        .whereRaw('table_schema = database()')
        .where({ table_name: table, index_name: name });
  return (await query.select(knex.raw('1 as found')).first()) !== undefined;
}

const isSqlite = (knex: Knex): boolean => knex.client.driverName !== 'mysql2';

/** Adds a column if it is missing. */
export async function ensureColumn(
  knex: Knex,
  table: string,
  column: string,
  define: (columns: Knex.AlterTableBuilder) => void,
): Promise<void> {
  if (await knex.schema.hasColumn(table, column)) return;
  await knex.schema.alterTable(table, define);
}

export interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** All columns of text in all tables. */
export async function listTextColumns(db: Knex): Promise<TextColumn[]> {
  if (!isSqlite(db)) {
    return db('information_schema.columns')
      .whereRaw('table_schema = database()')
      .whereIn('data_type', ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'])
      .orderBy(['table_name', 'column_name'])
      .select({ table: 'table_name', column: 'column_name' });
  }
  return db.raw(
    `select m.name as "table", c.name as "column" from sqlite_master m join pragma_table_info(m.name) c
     where m.type = 'table' and (c.type like '%char%' or c.type like '%text%') order by 1, 2`,
  );
}
