import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const distributors = 'integration_distributors';
const webhooks = 'integration_webhooks';
const settings = ['delivery_settings', 'delivery_headers'] as const;

/**
 * Delivery settings stand in the rows of their endpoints, so that look-ups need no further query; null stands for the
 * defaults. `delivery_headers` is encrypted.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of [distributors, webhooks])
    for (const column of settings)
      await ensureColumn(knex, table, column, (columns) => void columns.text(column).nullable());
  await ensureColumn(
    knex,
    distributors,
    'enabled',
    (columns) => void columns.boolean('enabled').notNullable().defaultTo(true),
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const [table, columns] of [
    [distributors, [...settings, 'enabled']],
    [webhooks, settings],
  ] as const)
    for (const column of columns)
      if (await knex.schema.hasColumn(table, column))
        await knex.schema.alterTable(table, (builder) => builder.dropColumn(column));
}
