import type { Knex } from 'knex';
import { ensureColumn, ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'dispatcher_order';
const gates = 'dispatcher_gates';
const turn = 'turn';

/**
 * The order of deliveries to ordered endpoints. The database gives the positions: an event that is accepted after another one
 * has a greater position, through whichever process. `turn` is the position of the delivery that was attempted last.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureTable(knex, table, (columns) => {
    columns.bigIncrements('position');
    columns.bigInteger('endpoint_key').notNullable();
    columns.string('delivery_id', 36).notNullable();
  });
  await ensureIndex(knex, table, ['endpoint_key', 'position']);
  await ensureIndex(knex, table, ['delivery_id'], { unique: true });
  await ensureColumn(knex, gates, turn, (columns) => void columns.bigInteger(turn).notNullable().defaultTo(0));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
  if (await knex.schema.hasColumn(gates, turn)) await knex.raw(`alter table ${gates} drop column ${turn}`);
}
