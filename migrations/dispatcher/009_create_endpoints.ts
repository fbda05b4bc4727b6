import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_endpoints';

/** Endpoints as their attempts have shown them, so that a new process need not find it out again. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.bigInteger('endpoint_key').notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.tinyint('standing').notNullable();
    columns.integer('duration_ms').notNullable();
    columns.bigInteger('seen_at').notNullable();
  });
  await ensureIndex(knex, table, ['standing', 'seen_at']);
  await ensureIndex(knex, table, ['seen_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
