import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'authentication_api_keys';

/** Name of the application that uses the key; null when none was given. */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, table, 'name', (columns) => void columns.string('name', 190).nullable());
}

export async function down(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn(table, 'name'))
    await knex.schema.alterTable(table, (columns) => columns.dropColumn('name'));
}
