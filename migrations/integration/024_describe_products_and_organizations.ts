import type { Knex } from 'knex';
import { ensureColumn, ensureTable } from '../../src/database/schema.ts';

const products = 'integration_products';
const organizations = 'integration_organizations';
const callers = ['created_by', 'updated_by'];

/**
 * Names of the callers who created and changed a product; null in rows of older processes. An organization has a row once it has a profile:
 * `profile` is the JSON object of the monetization API, `settings` the one of the management API.
 */
export async function up(knex: Knex): Promise<void> {
  for (const name of callers)
    await ensureColumn(knex, products, name, (columns) => void columns.string(name, 254).nullable());
  await ensureTable(knex, organizations, (columns) => {
    columns.string('organization', 100).notNullable().primary();
    columns.text('profile').notNullable();
    columns.text('settings').notNullable();
    columns.string('created_by', 254).notNullable();
    columns.string('updated_by', 254).notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(organizations);
  for (const name of callers)
    if (await knex.schema.hasColumn(products, name))
      await knex.schema.alterTable(products, (columns) => columns.dropColumn(name));
}
