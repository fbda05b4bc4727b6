import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_metered_flushes';

/** Ids of the flush parts of metered usage that have been counted: a part that is handed over again is ignored. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 60).notNullable().primary();
    columns.bigInteger('counted_at').notNullable();
  });
  await ensureIndex(knex, table, ['counted_at']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
