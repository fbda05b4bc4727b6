import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_conditions';

/**
 * Notification conditions of a rate plan. `attributes` and `actions` are JSON as sent, with ids added; `thresholds`
 * (percentages, sorted) and `webhooks` (ids) are derived from them.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('plan_id', 255).notNullable();
    columns.text('attributes').notNullable();
    columns.text('actions').notNullable();
    columns.text('thresholds').notNullable();
    columns.text('webhooks').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'id']);
  await ensureIndex(knex, table, ['organization', 'plan_id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
