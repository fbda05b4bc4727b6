import type { Knex } from 'knex';
import { ensureIndex, ensureTable } from '../../src/database/schema.ts';

const tallies = 'dispatcher_tallies';
const counts = 'dispatcher_counts';
const health = 'dispatcher_health';

/**
 * Statistics. `tallies` is a journal: each transaction adds rows of its own and waits for no other. One process at a time, the
 * one that has locked the row with the empty id, adds them up in `counts` (five minutes of an endpoint; of the organization
 * with an empty endpoint) and `health` (an endpoint), and deletes them.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, tallies, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.text('content', 'mediumtext').notNullable();
  });
  await knex(tallies).insert({ id: '', content: '' }).onConflict('id').ignore();
  await ensureTable(knex, counts, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('endpoint_id', 64).notNullable();
    columns.string('endpoint_kind', 64).notNullable();
    columns.integer('bucket').notNullable();
    for (const name of ['accepted', 'delivered', 'failed', 'retried', 'cancelled'])
      columns.bigInteger(name).notNullable();
    columns.primary(['organization', 'endpoint_id', 'endpoint_kind', 'bucket']);
  });
  await ensureIndex(knex, counts, ['bucket']);
  await ensureTable(knex, health, (columns) => {
    columns.string('organization', 100).notNullable();
    columns.string('endpoint_id', 64).notNullable();
    columns.string('endpoint_kind', 64).notNullable();
    columns.bigInteger('last_attempt_at').notNullable();
    columns.integer('last_status').notNullable();
    columns.string('last_error', 64).notNullable();
    columns.bigInteger('last_delivery_at').notNullable();
    columns.bigInteger('failing_since').notNullable();
    columns.primary(['organization', 'endpoint_id', 'endpoint_kind']);
  });
  await ensureIndex(knex, health, ['organization', 'failing_since', 'endpoint_id']);
  await ensureIndex(knex, health, ['last_attempt_at']);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of [tallies, counts, health]) await knex.schema.dropTableIfExists(table);
}
