import type { Knex } from 'knex';
import { dropIndex, ensureIndex } from '../../src/database/schema.ts';

const table = 'dispatcher_jobs';
const byOrganization = ['state', 'organization', 'id'];
const byAge = ['state', 'updated_at'];

/** The oldest running job of each organization, and the finished ones by age. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, byOrganization);
  await ensureIndex(knex, table, byAge);
  await dropIndex(knex, table, ['state']);
}

export async function down(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, ['state']);
  await dropIndex(knex, table, byOrganization);
  await dropIndex(knex, table, byAge);
}
