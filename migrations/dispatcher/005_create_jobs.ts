import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_jobs';

/** Bulk redelivery jobs and their progress. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.text('filter').notNullable();
    columns.string('state', 10).notNullable();
    columns.string('next_before', 36).notNullable();
    columns.integer('redelivered').notNullable();
    columns.integer('skipped').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
  await ensureIndex(knex, table, ['state']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
