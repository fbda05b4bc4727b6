import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'authentication_api_keys';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('api_key', 64).notNullable().primary();
    columns.string('secret_hash', 64).notNullable();
    columns.string('email', 254).notNullable();
    columns.text('organizations').notNullable();
    columns.text('scope').notNullable();
    columns.bigInteger('created_at').notNullable();
    columns.bigInteger('revoked_at').nullable();
  });
  await ensureIndex(knex, table, ['secret_hash'], { unique: true });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
