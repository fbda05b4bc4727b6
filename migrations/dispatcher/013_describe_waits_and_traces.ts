import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const queue = 'dispatcher_queue';
const events = 'dispatcher_events';

/** Long waits of the schedules that endpoints may have, of a fixed length, and the trace that an event belongs to. */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, queue, 'wait_us', (columns) => columns.bigInteger('wait_us').notNullable().defaultTo(0));
  await ensureColumn(knex, events, 'traceparent', (columns) => columns.string('traceparent', 55).nullable());
}

export async function down(knex: Knex): Promise<void> {
  for (const [table, column] of [
    [queue, 'wait_us'],
    [events, 'traceparent'],
  ] as const)
    if (await knex.schema.hasColumn(table, column)) await knex.raw(`alter table ${table} drop column ${column}`);
}
