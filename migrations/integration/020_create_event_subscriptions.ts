import type { Knex } from 'knex';
import { dropIndex, ensureColumn, ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_event_subscriptions';
const distributors = 'integration_distributors';

/**
 * Patterns of event types that selective distributors subscribe to. Other distributors receive every type, and have no rows.
 * The node is the distributor's, which never changes: the subscribers of a node are found by an index.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(
    knex,
    distributors,
    'is_selective',
    (columns) => void columns.boolean('is_selective').notNullable().defaultTo(false),
  );
  await ensureIndex(knex, distributors, ['organization', 'is_selective', 'id']);
  await ensureIndex(knex, distributors, ['organization', 'node_id', 'is_selective', 'id']);
  await ensureTable(knex, table, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('pattern', 130).notNullable();
    columns.string('distributor_id', 36).notNullable();
    columns.string('node_id', 36).notNullable();
    columns.primary(['organization', 'pattern', 'distributor_id']);
  });
  await ensureIndex(knex, table, ['organization', 'node_id', 'pattern', 'distributor_id']);
  await ensureIndex(knex, table, ['distributor_id', 'pattern']);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
  await dropIndex(knex, distributors, ['organization', 'node_id', 'is_selective', 'id']);
  await dropIndex(knex, distributors, ['organization', 'is_selective', 'id']);
  if (await knex.schema.hasColumn(distributors, 'is_selective'))
    await knex.schema.alterTable(distributors, (columns) => columns.dropColumn('is_selective'));
}
