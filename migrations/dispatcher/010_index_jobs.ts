import type { Knex } from 'knex';
import { ensureIndex } from '../../src/database/schema.ts';

const table = 'dispatcher_jobs';

/** The oldest running job of each organization, and the finished ones by age. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, ['state', 'organization', 'id']);
  await ensureIndex(knex, table, ['state', 'updated_at']);
}

export async function down(knex: Knex): Promise<void> {
  for (const columns of [
    ['state', 'organization', 'id'],
    ['state', 'updated_at'],
  ])
    await knex.schema.alterTable(table, (builder) => builder.dropIndex(columns, `${table}_${columns.join('_')}`));
}
