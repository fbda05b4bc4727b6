import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_webhooks';
const countTable = 'integration_webhook_counts';

/** Webhooks: the URLs to which an organization's notifications are sent. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('name', 190).notNullable();
    columns.text('post_url').notNullable();
    columns.boolean('enabled').notNullable();
    columns.text('secret').notNullable();
    columns.text('previous_secret').nullable();
    columns.bigInteger('previous_secret_until').nullable();
    columns.string('created_by', 254).notNullable();
    columns.string('updated_by', 254).notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'name'], { unique: true });
  await ensureIndex(knex, table, ['organization', 'id']);
  // Number of webhooks per organization: counting a hundred thousand rows takes longer than reading one page of them.
  await ensureTable(knex, countTable, (columns) => {
    columns.string('organization', 100).notNullable().primary();
    columns.integer('total').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(countTable);
  await knex.schema.dropTableIfExists(table);
}
