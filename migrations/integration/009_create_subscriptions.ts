import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_subscriptions';

/**
 * A developer on a published rate plan, from `start_at` until just before `end_at` (open when null), microseconds; in force only
 * while its plan is in force too. A developer has no two subscriptions of one plan whose times overlap. `quota_target` is the number
 * of transactions aimed at in a cycle, 0 for no notifications; it and `end_at` may change. Never deleted, and neither are its
 * developer, plan, package and products.
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
