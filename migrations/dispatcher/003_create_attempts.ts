import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_attempts';

/** One row per attempt; rows are never updated. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('delivery_id', 36).notNullable();
    columns.integer('number').notNullable();
    columns.bigInteger('started_at').notNullable();
    columns.integer('duration_us').nullable();
    columns.string('phases', 120).nullable();
    columns.integer('status').nullable();
    columns.string('error', 64).nullable();
    columns.string('decision', 200).notNullable();
    columns.text('response_headers').nullable();
    columns.text('response_body').nullable();
    columns.boolean('truncated').notNullable();
    columns.primary(['delivery_id', 'number']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
