import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_deliveries';

/** Accepted deliveries and their results. A row is written twice: on acceptance and when the delivery is settled. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('endpoint_kind', 64).notNullable();
    columns.string('endpoint_id', 64).notNullable();
    columns.string('type', 128).notNullable();
    columns.text('payload', 'mediumtext').notNullable();
    columns.tinyint('status').notNullable();
    columns.integer('attempt_count').notNullable();
    columns.integer('last_status').nullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('finished_at').nullable();
  });
  await ensureIndex(knex, table, ['organization', 'status', 'id']);
  await ensureIndex(knex, table, ['endpoint_id', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
