import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_gates';

/** Endpoints with a rate limit: the time from which the next attempt is allowed, over all processes. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.bigInteger('endpoint_key').notNullable().primary();
    columns.bigInteger('next_at').notNullable();
  });
  await ensureIndex(knex, table, ['next_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
