import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'gateway_idempotency_keys';

export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('scope_hash', 64).notNullable().primary();
    columns.string('body_mark', 64).notNullable();
    columns.string('organization', 100).notNullable();
    columns.text('answer', 'mediumtext').notNullable();
    columns.bigInteger('expires_at').notNullable();
  });
  await ensureIndex(knex, table, ['expires_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
