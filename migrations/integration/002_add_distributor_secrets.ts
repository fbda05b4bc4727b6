import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'integration_distributors';
const columns = ['secret', 'previous_secret'] as const;

export async function up(knex: Knex): Promise<void> {
  for (const column of columns)
    await ensureColumn(knex, table, column, (builder) => void builder.text(column).nullable());
  await ensureColumn(
    knex,
    table,
    'previous_secret_until',
    (builder) => void builder.bigInteger('previous_secret_until').nullable(),
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const column of [...columns, 'previous_secret_until']) {
    if (await knex.schema.hasColumn(table, column))
      await knex.schema.alterTable(table, (builder) => builder.dropColumn(column));
  }
}
