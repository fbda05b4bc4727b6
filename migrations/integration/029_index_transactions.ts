import type { Knex } from 'knex';
import { dropIndex, ensureIndex } from '../../src/database/schema.ts';

const table = 'integration_transactions';
const columns = ['organization', 'created_at', 'id'];

/** Transactions are searched by their time. Inserts go to the end of their organization's part of the index. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, columns);
}

export async function down(knex: Knex): Promise<void> {
  await dropIndex(knex, table, columns);
}
