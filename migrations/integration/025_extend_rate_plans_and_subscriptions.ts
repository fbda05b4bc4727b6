import type { Knex } from 'knex';
import { ensureColumn } from '../../src/database/schema.ts';

const table = 'integration_subscriptions';
const dayMicros = 24 * 3600 * 1_000_000;
const rowsAtOnce = 500;

/**
 * `end_at` of a subscription is the midnight (UTC) after its last day where `ends_with_day` is true; an earlier version ended
 * subscriptions at the moment that callers had sent. Such a moment becomes the midnight after its day: `endDate` stays the
 * same day in answers. Rows that would overlap with the developer's next subscription to the plan stay as they are.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(
    knex,
    table,
    'ends_with_day',
    (columns) => void columns.boolean('ends_with_day').notNullable().defaultTo(false),
  );
  await moveEnds(knex, { from: false, end: `end_at - end_at % ${dayMicros} + ${dayMicros}` });
}

/** A subscription of one day would end before it starts: it keeps its end. */
export async function down(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasColumn(table, 'ends_with_day'))) return;
  const end = `case when end_at - ${dayMicros} > start_at then end_at - ${dayMicros} else end_at end`;
  await moveEnds(knex, { from: true, end });
  await knex.schema.alterTable(table, (columns) => columns.dropColumn('ends_with_day'));
}

/** Each statement moves and marks its rows: the next run completes an interrupted one. */
async function moveEnds(knex: Knex, { from, end }: { from: boolean; end: string }): Promise<void> {
  let after = '';
  for (;;) {
    const ids: string[] = await knex(table)
      .where('id', '>', after)
      .where({ ends_with_day: from })
      .whereNotNull('end_at')
      .orderBy('id')
      .limit(rowsAtOnce)
      .pluck('id');
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    const followed = from ? new Set<string>() : await followedAmong(knex, ids);
    await knex(table)
      .whereIn(
        'id',
        ids.filter((id) => !followed.has(id)),
      )
      .where({ ends_with_day: from })
      .update({ end_at: knex.raw(end), ends_with_day: !from });
  }
}

/** The subscriptions that another one follows on the day of their end. */
async function followedAmong(knex: Knex, ids: readonly string[]): Promise<Set<string>> {
  const rows: { id: string }[] = await knex(`${table} as s`)
    .join(`${table} as next`, (on) =>
      on
        .on('next.organization', 's.organization')
        .andOn('next.developer_email', 's.developer_email')
        .andOn('next.plan_id', 's.plan_id')
        .andOn('next.start_at', '>=', 's.end_at'),
    )
    .whereIn('s.id', ids)
    .whereRaw(`next.start_at < s.end_at - s.end_at % ${dayMicros} + ${dayMicros}`)
    .select('s.id');
  return new Set(rows.map(({ id }) => id));
}
