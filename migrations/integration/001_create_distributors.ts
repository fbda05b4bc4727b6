import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_distributors';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('node_id', 36).notNullable();
    columns.text('host').nullable();
    columns.text('path').nullable();
    columns.string('method', 6).nullable();
    columns.integer('authentication_type').nullable();
    columns.text('credentials').nullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'node_id', 'id']);
  await ensureIndex(knex, table, ['organization', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
