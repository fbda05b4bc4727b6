import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_plan_thresholds';

/**
 * Union of the thresholds of all conditions of a plan: sorted percentages as JSON. Usage reads this row first and the
 * conditions only when a threshold is crossed.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('plan_id', 255).notNullable();
    columns.text('thresholds').notNullable();
    columns.primary(['organization', 'plan_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
