import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_firings';

/** Which webhook has been called for which threshold in which cycle, or would have been had it been enabled: never again. */
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
