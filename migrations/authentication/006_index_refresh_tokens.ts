import type { Knex } from 'knex';
import { dropIndex, ensureIndex } from '../../src/database/schema.ts';

const table = 'authentication_refresh_tokens';
const columns = ['api_key', 'used_at', 'expires_at', 'family'];

/** A sign-in looks for live tokens of its key, the last to expire first; the index alone answers. */
export async function up(knex: Knex): Promise<void> {
  await ensureIndex(knex, table, columns);
}

export async function down(knex: Knex): Promise<void> {
  await dropIndex(knex, table, columns);
}
