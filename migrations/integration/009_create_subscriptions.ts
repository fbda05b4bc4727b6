import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_subscriptions';

/**
 * A developer's subscription to a published rate plan, in force in `[start_at, end_at)`, in microseconds (open-ended
 * when `end_at` is null), and only while the plan is in force too. Subscriptions of one developer to one plan never
 * overlap. `quota_target` is the target number of transactions per cycle, 0 for no notifications; `quota_target` and
 * `end_at` may change. Rows are never deleted, and neither are their developer, plan, package and products.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('developer_email', 190).notNullable();
    columns.string('plan_id', 255).notNullable();
    columns.bigInteger('start_at').notNullable();
    columns.bigInteger('end_at').nullable();
    columns.bigInteger('quota_target').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'developer_email', 'id']);
  await ensureIndex(knex, table, ['organization', 'plan_id', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
