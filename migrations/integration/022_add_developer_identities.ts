import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { dropIndex, ensureColumn, ensureIndex } from '../../src/database/schema.ts';

const table = 'integration_developers';
const columns = ['id', 'status', 'created_by', 'updated_by'] as const;
const batchSize = 250;

/**
 * Ids, states and the names of callers. All of them are nullable: older processes write rows without them. A row without an id is
 * given one that follows from its organization and e-mail address, as every reader makes it.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, table, 'id', (builder) => void builder.string('id', 36).nullable());
  await ensureColumn(knex, table, 'status', (builder) => void builder.string('status', 8).nullable());
  for (const column of ['created_by', 'updated_by'] as const)
    await ensureColumn(knex, table, column, (builder) => void builder.string(column, 254).nullable());
  await ensureIndex(knex, table, ['id', 'organization'], { unique: true });
  while ((await fillBatch(knex)) === batchSize);
}

async function fillBatch(knex: Knex): Promise<number> {
  const rows: { organization: string; email: string }[] = await knex(table)
    .whereNull('id')
    .select('organization', 'email')
    .limit(batchSize);
  for (const [organization, emails] of Map.groupBy(rows, (row) => row.organization)) {
    const each = emails.map(({ email }) => [email, idOf(organization, email)]);
    const choice = `case email ${each.map(() => 'when ? then ?').join(' ')} end`;
    await knex(table)
      .where({ organization })
      .whereIn(
        'email',
        emails.map(({ email }) => email),
      )
      .whereNull('id')
      .update({ id: knex.raw(choice, each.flat()) });
  }
  return rows.length;
}

function idOf(organization: string, email: string): string {
  const bytes = createHash('sha256').update(`${organization}\n${email}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export async function down(knex: Knex): Promise<void> {
  await dropIndex(knex, table, ['id', 'organization']);
  for (const column of columns)
    if (await knex.schema.hasColumn(table, column))
      await knex.schema.alterTable(table, (builder) => builder.dropColumn(column));
}
