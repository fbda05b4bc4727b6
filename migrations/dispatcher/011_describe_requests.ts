import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'dispatcher_attempts';

const columns: Readonly<Record<string, (table: Knex.AlterTableBuilder, name: string) => unknown>> = {
  url: (table, name) => table.string(name, 512).nullable(),
  peer: (table, name) => table.string(name, 64).nullable(),
  request_headers: (table, name) => table.text(name).nullable(),
  tls_version: (table, name) => table.string(name, 16).nullable(),
  certificate_ends_at: (table, name) => table.bigInteger(name).nullable(),
};

/** Where an attempt went, and with which headers. Older attempts do not know. */
export async function up(knex: Knex): Promise<void> {
  for (const [name, add] of Object.entries(columns))
    await ensureColumn(knex, table, name, (builder) => void add(builder, name));
}

export async function down(knex: Knex): Promise<void> {
  for (const name of Object.keys(columns))
    if (await knex.schema.hasColumn(table, name)) await knex.raw(`alter table ${table} drop column ${name}`);
}
