import type { Knex } from 'knex';

const queue = 'dispatcher_queue';
const deliveries = 'dispatcher_deliveries';

/**
 * Gives the columns that claims and results write a fixed length: 0 stands for no lease, no response yet and not
 * finished. MySQL and MariaDB update rows of unchanged length in place; a row that grows is removed from its page and
 * inserted again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex(queue).whereNull('lease_token').update({ lease_token: '0' });
  // Only the fact that a lease exists matters, not its token.
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
