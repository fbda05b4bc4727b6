import type { Knex } from 'knex';

const queue = 'dispatcher_queue';
const deliveries = 'dispatcher_deliveries';

/**
 * What claims and results write has always the same length: 0 for no lease, no answer yet and no end yet. The servers change
 * such rows in place; one that grows is taken out of its page and put in again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex(queue).whereNull('lease_token').update({ lease_token: '0' });
  // Whose lease it was does not matter any more, only that there was one.
  await knex(queue).where('lease_token', 'like', '%-%').update({ lease_token: '1' });
  await knex(queue).whereNull('last_status').update({ last_status: 0 });
  await knex.schema.alterTable(queue, (columns) => {
    columns.bigInteger('lease_token').notNullable().defaultTo(0).alter();
    columns.integer('last_status').notNullable().defaultTo(0).alter();
  });
  await knex(deliveries).whereNull('last_status').update({ last_status: 0 });
  await knex(deliveries).whereNull('finished_at').update({ finished_at: 0 });
  await knex.schema.alterTable(deliveries, (columns) => {
    columns.integer('last_status').notNullable().defaultTo(0).alter();
    columns.bigInteger('finished_at').notNullable().defaultTo(0).alter();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable(queue, (columns) => {
    columns.string('lease_token', 36).nullable().alter();
    columns.integer('last_status').nullable().alter();
  });
  await knex(queue).where({ lease_token: '0' }).update({ lease_token: null });
  await knex(queue).where({ last_status: 0 }).update({ last_status: null });
  await knex.schema.alterTable(deliveries, (columns) => {
    columns.integer('last_status').nullable().alter();
    columns.bigInteger('finished_at').nullable().alter();
  });
  await knex(deliveries).where({ last_status: 0 }).update({ last_status: null });
  await knex(deliveries).where({ finished_at: 0 }).update({ finished_at: null });
}
