import type { Knex } from 'knex';
import { ensureColumn, ensureIndex, ensureTable } from '../../src/database/schema.ts';

const batches = 'dispatcher_batches';
const contents = 'dispatcher_batch_contents';
const deliveries = 'dispatcher_deliveries';

/**
 * Deliveries that were enqueued together are stored as one batch. `batches` has a row as long as some of the deliveries
 * have no rows of their own, which keeps that table small; `batch_contents` keeps the payloads. The `batch_id` of a
 * delivery that was sent straight from its batch points to its payload.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, batches, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('last_id', 36).notNullable();
    columns.string('organization', 100).notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.integer('deliveries').notNullable();
    columns.tinyint('has_rows').notNullable();
    columns.bigInteger('lease_token').notNullable();
    columns.bigInteger('lease_until').notNullable();
  });
  await ensureIndex(knex, batches, ['organization', 'id']);
  await ensureTable(knex, contents, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('last_id', 36).notNullable();
    columns.specificType('content', knex.client.driverName === 'mysql2' ? 'mediumblob' : 'blob').notNullable();
  });
  await ensureColumn(knex, deliveries, 'batch_id', (columns) => void columns.string('batch_id', 36).nullable());
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable(deliveries, (columns) => columns.dropColumn('batch_id'));
  await knex.schema.dropTableIfExists(contents);
  await knex.schema.dropTableIfExists(batches);
}
