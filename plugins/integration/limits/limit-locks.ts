import type { Knex } from '../../../src/plugin.ts';

const table = 'integration_limit_locks';

/** Blocks other transactions that lock the same kind of an organization, until this one ends. */
export async function lockLimit(trx: Knex, organization: string, kind: string): Promise<void> {
  await trx(table)
    .insert({ organization, kind })
    .onConflict(['organization', 'kind'])
    .merge({ kind: trx.raw('??', [`${table}.kind`]) });
}
