import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_movements';

/**
 * Movements of counters that have crossed thresholds and whose callbacks are not all enqueued. `content` is the
 * decision at the time of the crossing, as JSON; `done` is the number of its firings that are settled.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('subscription_id', 36).notNullable();
    columns.integer('cycle').notNullable();
    columns.text('content', 'mediumtext').notNullable();
    columns.integer('done').notNullable();
    columns.bigInteger('due_at').notNullable();
    columns.bigInteger('crossed_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
