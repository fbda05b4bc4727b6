import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'authentication_signing_keys';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('kid', 64).notNullable().primary();
    columns.integer('generation').notNullable();
    columns.text('private_key').notNullable();
    columns.text('public_key').notNullable();
    columns.bigInteger('signs_from').notNullable();
  });
  // When several processes rotate at once, only one can insert the next generation.
  await ensureIndex(knex, table, ['generation'], { unique: true });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
