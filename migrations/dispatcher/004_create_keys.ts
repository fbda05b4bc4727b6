import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_keys';

/** Deduplication keys given by plugins. A row is deleted together with its delivery. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('once_key', 190).notNullable();
    columns.string('delivery_id', 36).notNullable();
    columns.primary(['organization', 'once_key']);
  });
  await ensureIndex(knex, table, ['delivery_id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
