import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const plans = 'integration_rate_plans';
const transactions = 'integration_transactions';
const columnsOf = { [plans]: ['rating_attribute', 'attribute_months'], [transactions]: ['attributes'] };

/**
 * Plans that count a custom attribute have its number (1 to 10) in `rating_attribute` and their billing cycle in
 * `attribute_months`. Their `duration_months` is null: a process of an earlier version, which knows that column alone, counts
 * nothing for them instead of transactions. Their counters have ten-thousandths of a unit. `attributes` of a transaction is a
 * JSON object of decimal texts by the number of the attribute, and null without any.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, plans, 'rating_attribute', (columns) => void columns.integer('rating_attribute').nullable());
  await ensureColumn(knex, plans, 'attribute_months', (columns) => void columns.integer('attribute_months').nullable());
  await ensureColumn(knex, transactions, 'attributes', (columns) => void columns.text('attributes').nullable());
}

export async function down(knex: Knex): Promise<void> {
  for (const [table, columns] of Object.entries(columnsOf))
    for (const column of columns)
      if (await knex.schema.hasColumn(table, column))
        await knex.schema.alterTable(table, (builder) => builder.dropColumn(column));
}
