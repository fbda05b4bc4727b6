import type { Knex } from 'knex';
import { dropIndex, ensureColumn, ensureIndex } from '../../src/database/schema.ts';

const table = 'dispatcher_health';
const failing = ['organization', 'state', 'failing_since', 'endpoint_id'];
const failingBefore = ['organization', 'failing_since', 'endpoint_id'];
const byState = ['state', 'failing_since', 'organization', 'endpoint_id', 'endpoint_kind'];
const byEndpoint = ['endpoint_id', 'endpoint_kind'];

const columns: Readonly<Record<string, (table: Knex.AlterTableBuilder, name: string) => unknown>> = {
  last_host: (table, name) => table.string(name, 255).notNullable().defaultTo(''),
  failures: (table, name) => table.integer(name).notNullable().defaultTo(0),
  recent_failures: (table, name) => table.string(name, 200).notNullable().defaultTo(''),
  counted_from: (table, name) => table.bigInteger(name).notNullable().defaultTo(0),
  state: (table, name) => table.tinyint(name).notNullable().defaultTo(0),
  reported_since: (table, name) => table.bigInteger(name).notNullable().defaultTo(0),
};

/** Failures in a row, and the state that was last reported. Processes of older versions leave the defaults. */
export async function up(knex: Knex): Promise<void> {
  for (const [name, add] of Object.entries(columns))
    await ensureColumn(knex, table, name, (builder) => void add(builder, name));
  for (const index of [failing, byState, byEndpoint]) await ensureIndex(knex, table, index);
  await dropIndex(knex, table, failingBefore);
}

export async function down(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, failingBefore);
  for (const index of [failing, byState, byEndpoint]) await dropIndex(knex, table, index);
  for (const name of Object.keys(columns))
    if (await knex.schema.hasColumn(table, name)) await knex.raw(`alter table ${table} drop column ${name}`);
}
