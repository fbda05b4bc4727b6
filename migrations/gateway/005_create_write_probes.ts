import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'gateway_write_probes';

/** Rows that find out whether the database has room, deleted at once. `filler` has up to 64 KiB. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.integer('id').notNullable().primary();
    columns.text('filler', 'mediumtext').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
