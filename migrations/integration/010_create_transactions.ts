import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_transactions';

/** Usage reports as they were received. A record only: counters are not computed from it. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('developer_email', 190).notNullable();
    columns.string('application', 190).notNullable();
    columns.string('product_name', 190).notNullable();
    columns.integer('batch_size').notNullable();
    columns.bigInteger('created_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
