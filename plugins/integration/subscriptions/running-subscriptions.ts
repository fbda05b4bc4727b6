import type { Knex } from '../../../src/plugin.ts';

/** Subscriptions (`s`) of a developer, with their rate plans (`r`). */
export const subscriptionsOf = (db: Knex, organization: string, email: string): Knex.QueryBuilder =>
  db('integration_subscriptions as s')
    .join('integration_rate_plans as r', { 'r.organization': 's.organization', 'r.id': 's.plan_id' })
    .where({ 's.organization': organization, 's.developer_email': email });

/** The ones in force at `time`, in microseconds, with plans that are in force too. */
export const runningSubscriptions = (db: Knex, organization: string, email: string, time: number): Knex.QueryBuilder =>
  subscriptionsOf(db, organization, email)
    .where('s.start_at', '<=', time)
    .where(endsAfter('s', time))
    .where(endsAfter('r', time));

/** A condition on subscriptions (`s`) or rate plans (`r`): no end, or one after `time`. */
export const endsAfter =
  (table: 's' | 'r', time: number) =>
  (query: Knex.QueryBuilder): void =>
    void query.whereNull(`${table}.end_at`).orWhere(`${table}.end_at`, '>', time);
