import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_changes';

/**
 * An outbox: each transaction adds the changes that it makes, which are then reported and deleted. One process at a time does so,
 * the one that has locked the row with the empty id.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.text('content', 'mediumtext').notNullable();
  });
  await knex(table).insert({ id: '', organization: '', content: '' }).onConflict('id').ignore();
  await ensureIndex(knex, table, ['organization', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
