import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_packages';

/** Packages of products, linked by `integration_package_products`. `id` is the name in lower case. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('id', 190).notNullable();
    columns.string('name', 190).notNullable();
    columns.string('display_name', 190).notNullable();
    columns.text('description').notNullable();
    columns.string('status', 32).notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('updated_at').notNullable();
    columns.primary(['organization', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
