import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'gateway_processes';
const column = 'key_ids';

/** Ids of the encryption keys of a process, the newest first, separated by commas. Null: a process of an earlier version. */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, table, column, (builder) => void builder.text(column).nullable());
}

export async function down(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn(table, column))
    await knex.schema.alterTable(table, (builder) => builder.dropColumn(column));
}
