import type { Knex } from 'knex';
import { ensureTable } from '../../src/database/schema.ts';

const table = 'integration_limit_locks';

/** Locks under which the resources of one kind of an organization are counted before another one is created. */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('kind', 32).notNullable();
    columns.primary(['organization', 'kind']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
}
