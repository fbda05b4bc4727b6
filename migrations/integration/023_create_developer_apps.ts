import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const apps = 'integration_developer_apps';
const keys = 'integration_app_keys';

/**
 * Apps of developers and their keys. `attributes` is JSON `[{"name","value"}]`, `scopes` JSON `["name"]`, `api_products` JSON
 * `[{"apiproduct","status"}]`; `consumer_secret` is encrypted. A key without `expires_at` never expires.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, apps, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('developer_email', 190).notNullable();
    columns.string('name', 190).notNullable();
    columns.string('status', 16).notNullable();
    columns.string('app_family', 190).notNullable();
    columns.text('callback_url').notNullable();
    columns.text('attributes').notNullable();
    columns.text('scopes').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.string('created_by', 254).notNullable();
    columns.bigInteger('updated_at').notNullable();
    columns.string('updated_by', 254).notNullable();
  });
  await ensureIndex(knex, apps, ['organization', 'developer_email', 'name'], { unique: true });
  await ensureIndex(knex, apps, ['organization', 'name', 'developer_email']);
  await ensureIndex(knex, apps, ['organization', 'id']);
  await ensureTable(knex, keys, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('app_id', 36).notNullable();
    columns.string('consumer_key', 500).notNullable();
    columns.text('consumer_secret').notNullable();
    columns.string('status', 16).notNullable();
    columns.text('api_products').notNullable();
    columns.text('attributes').notNullable();
    columns.text('scopes').notNullable();
    columns.bigInteger('issued_at').notNullable();
    columns.bigInteger('expires_at').nullable();
  });
  await ensureIndex(knex, keys, ['organization', 'consumer_key'], { unique: true });
  await ensureIndex(knex, keys, ['app_id', 'issued_at', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(keys);
  await knex.schema.dropTableIfExists(apps);
}
