import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'gateway_processes';

/** One row for each serving process. Times are microseconds by the clock of the database. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('host', 255).notNullable();
    columns.integer('pid').notNullable();
    columns.string('role', 20).notNullable();
    columns.string('version', 100).notNullable();
    columns.bigInteger('started_at').notNullable();
    columns.bigInteger('seen_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
