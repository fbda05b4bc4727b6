import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_firings';

/**
 * Fired thresholds by subscription, cycle and webhook, including webhooks that were disabled at the time. A recorded
 * combination never fires again.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('subscription_id', 36).notNullable();
    columns.integer('cycle').notNullable();
    columns.integer('threshold').notNullable();
    columns.string('webhook_id', 36).notNullable();
    columns.bigInteger('fired_at').notNullable();
    columns.primary(['subscription_id', 'cycle', 'threshold', 'webhook_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
