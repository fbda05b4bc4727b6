import { randomUUIDv7 } from 'node:crypto';
import type { Knex } from 'knex';
import { ensureColumn, ensureIndex, ensureTable } from '../../src/database/schema.ts';

const table = 'integration_usage_notifications';
const firings = 'integration_firings';
const subscriptionsAtOnce = 100;
const rowsAtOnce = 100;

interface Fired {
  organization: string;
  subscription_id: string;
  cycle: number;
  threshold: number;
  fired_at: number;
}

/**
 * Thresholds that have fired, one row each however many webhooks were called. The ids, of version 7, are ordered by
 * `fired_at` and `threshold`. `delivery_id` of a firing is null if its webhook was disabled, or if it fired before
 * there was the column.
 */
export async function up(knex: Knex): Promise<void> {
  await ensureColumn(knex, firings, 'delivery_id', (columns) => void columns.string('delivery_id', 36).nullable());
  await ensureTable(knex, table, (columns) => {
    columns.string('id', 36).notNullable().primary();
    columns.string('organization', 100).notNullable();
    columns.string('subscription_id', 36).notNullable();
    columns.integer('cycle').notNullable();
    columns.integer('threshold').notNullable();
    columns.bigInteger('fired_at').notNullable();
  });
  await ensureIndex(knex, table, ['organization', 'id']);
  await ensureIndex(knex, table, ['subscription_id', 'cycle', 'threshold'], { unique: true });
  await adoptFirings(knex);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists(table);
  if (await knex.schema.hasColumn(firings, 'delivery_id'))
    await knex.schema.alterTable(firings, (columns) => columns.dropColumn('delivery_id'));
}

/** Rows that an interrupted run has inserted stay as they are. */
async function adoptFirings(knex: Knex): Promise<void> {
  let after = '';
  for (;;) {
    const ids: string[] = await knex('integration_subscriptions')
      .where('id', '>', after)
      .orderBy('id')
      .limit(subscriptionsAtOnce)
      .pluck('id');
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    await insert(knex, await firedBy(knex, ids));
  }
}

const firedBy = (knex: Knex, subscriptionIds: readonly string[]): Promise<Fired[]> =>
  knex(`${firings} as f`)
    .join('integration_subscriptions as s', 's.id', 'f.subscription_id')
    .whereIn('f.subscription_id', subscriptionIds)
    .groupBy('s.organization', 'f.subscription_id', 'f.cycle', 'f.threshold')
    .select('s.organization', 'f.subscription_id', 'f.cycle', 'f.threshold')
    .min({ fired_at: 'f.fired_at' });

async function insert(knex: Knex, fired: readonly Fired[]): Promise<void> {
  for (let at = 0; at < fired.length; at += rowsAtOnce)
    await knex(table)
      .insert(fired.slice(at, at + rowsAtOnce).map((each) => ({ id: idOf(each), ...each })))
      .onConflict(['subscription_id', 'cycle', 'threshold'])
      .merge({ threshold: knex.raw('threshold') });
}

function idOf({ fired_at, threshold }: Fired): string {
  const time = Math.floor(Number(fired_at) / 1000)
    .toString(16)
    .padStart(12, '0');
  const place = Number(threshold).toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${place}${randomUUIDv7().slice(18)}`;
}
