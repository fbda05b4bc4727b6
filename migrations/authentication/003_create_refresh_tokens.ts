import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'authentication_refresh_tokens';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('token_hash', 64).notNullable().primary();
    columns.string('family', 36).notNullable();
    columns.string('api_key', 64).notNullable();
    columns.bigInteger('expires_at').notNullable();
    columns.bigInteger('family_expires_at').notNullable();
    columns.bigInteger('used_at').nullable();
  });
  await ensureIndex(knex, table, ['family']);
  await ensureIndex(knex, table, ['expires_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
