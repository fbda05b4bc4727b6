import type { Knex } from 'knex';
import { dropIndex, ensureIndex } from '../../src/database/schema.ts';

const table = 'dispatcher_events';
const columns = ['organization', 'id', 'type', 'accepted_at'];

/** Lists of an organization's events, and their conditions, are read from this index alone: the rows have the payloads. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, columns);
}

export async function down(knex: Knex): Promise<void> {
  await dropIndex(knex, table, columns);
}
