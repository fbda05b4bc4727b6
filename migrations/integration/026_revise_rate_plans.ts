import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'integration_rate_plans';

/** `parent_id` is the id of the plan of which a plan is a revision, and null for all other plans. */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, table, 'parent_id', (columns) => void columns.string('parent_id', 255).nullable());
}

export async function down(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn(table, 'parent_id'))
    await knex.schema.alterTable(table, (columns) => columns.dropColumn('parent_id'));
}
