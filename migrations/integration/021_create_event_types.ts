import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_event_types';

/**
 * The catalogue of event types. `version` changes with each change, and is what processes remember of a schema. `bytes` of the texts
 * bound the pages of a list.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('name', 128).notNullable();
    columns.text('description').nullable();
    columns.text('example', 'mediumtext').nullable();
    columns.text('schema', 'mediumtext').nullable();
    columns.boolean('has_schema').notNullable();
    columns.string('version', 36).notNullable();
    columns.integer('bytes').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
    columns.primary(['organization', 'name']);
  });
  await ensureIndex(knex, table, ['organization', 'has_schema']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
