import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'gateway_encryption_checks';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('key_id', 16).notNullable().primary();
    columns.text('sealed').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
