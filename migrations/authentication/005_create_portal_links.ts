import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'authentication_portal_links';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 64).notNullable().primary();
    columns.string('token_hash', 64).notNullable();
    columns.string('organization', 100).notNullable();
    columns.text('scope').notNullable();
    columns.text('return_url').nullable();
    columns.string('api_key', 64).nullable();
    columns.bigInteger('expires_at').notNullable();
    columns.bigInteger('used_at').nullable();
  });
  await ensureIndex(knex, table, ['token_hash'], { unique: true });
  await ensureIndex(knex, table, ['organization', 'expires_at']);
  await ensureIndex(knex, table, ['expires_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
