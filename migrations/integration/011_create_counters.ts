import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_counters';

/** Usage of a subscription in one of its cycles. The row is the lock under which thresholds fire. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('subscription_id', 36).notNullable();
    columns.integer('cycle').notNullable();
    columns.bigInteger('used').notNullable();
    columns.primary(['subscription_id', 'cycle']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
