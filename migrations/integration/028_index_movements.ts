import type { Knex } from 'knex';
import { dropIndex, ensureIndex } from '../../src/database/schema.ts';

const table = 'integration_movements';
const columns = ['subscription_id', 'id'];

/** Movements of one subscription are expanded one after the other: a look-up finds the earlier ones. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, columns);
}

export async function down(knex: Knex): Promise<void> {
  await dropIndex(knex, table, columns);
}
