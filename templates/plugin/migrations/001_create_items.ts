import { ensureIndex, ensureTable, type Knex } from 'hookgate/plugin';

const table = 'sample_shop_items';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('title', 200).notNullable();
    columns.bigInteger('created_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'id']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
