import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_package_products';

/** Products of each package. Neither the package nor the product can be deleted while a row refers to it. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('package_id', 190).notNullable();
    columns.string('product_name', 190).notNullable();
    columns.primary(['organization', 'package_id', 'product_name']);
  });
  await ensureIndex(knex, table, ['organization', 'product_name', 'package_id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
