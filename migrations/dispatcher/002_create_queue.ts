import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_queue';

/**
 * The send queue: one narrow row per unsettled delivery, so that claiming and settling touch little data. The lease
 * columns are in no index, so taking and returning a lease rewrites the row in place.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('delivery_id', 36).notNullable().primary();
    columns.bigInteger('endpoint_key').notNullable();
    columns.string('endpoint_kind', 64).notNullable();
    columns.string('endpoint_id', 64).notNullable();
    columns.bigInteger('due_at').notNullable();
    columns.tinyint('held').notNullable();
    columns.string('lease_token', 36).nullable();
    columns.bigInteger('lease_until').notNullable();
    columns.integer('attempt_count').notNullable();
    columns.integer('retries').notNullable();
    columns.integer('unknowns').notNullable();
    columns.integer('last_status').nullable();
  });
  await ensureIndex(knex, table, ['endpoint_key', 'due_at']);
  await ensureIndex(knex, table, ['due_at', 'endpoint_key']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
