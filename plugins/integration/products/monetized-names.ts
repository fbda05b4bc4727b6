import type { Knex } from '../../../src/plugin.ts';

/** Conditions on queries about products and packages, which depend on rate plans and subscriptions. */
export function createMonetizedNames(db: Knex, organization: string) {
  const published = db('integration_rate_plans as r').where({ 'r.organization': organization, 'r.published': true });
  const covered = 'integration_package_products as c';
  const toCovered = { 'c.organization': 'r.organization', 'c.package_id': 'r.package_id' };

  /** Rate plans with the subscriptions of a developer. */
  const subscribed = (email: string) =>
    db('integration_subscriptions as s')
      .join('integration_rate_plans as r', { 'r.organization': 's.organization', 'r.id': 's.plan_id' })
      .where({ 's.organization': organization, 's.developer_email': email });

  /** The ones of them that run at `time`, in microseconds. */
  const running = (email: string, time: number) =>
    subscribed(email).where('s.start_at', '<=', time).where(open('s', time)).where(open('r', time));

  return {
    /** Names of products with a published plan. */
    products: () => published.clone().join(covered, toCovered).select('c.product_name'),

    /** Names of products that a running subscription of the developer covers. */
    productsOf: (email: string, time: number) => running(email, time).join(covered, toCovered).select('c.product_name'),

    /** Ids of packages with a published plan; with `time`, with one that is in effect. */
    packages: (time?: number) =>
      (time === undefined
        ? published.clone()
        : published.clone().where('r.start_at', '<=', time).where(open('r', time))
      ).select('r.package_id'),

    /** Ids of packages of the developer's subscriptions; with `time`, of the running ones. */
    packagesOf: (email: string, time?: number) =>
      (time === undefined ? subscribed(email) : running(email, time)).select('r.package_id'),
  };
}

const open =
  (table: 's' | 'r', time: number) =>
  (query: Knex.QueryBuilder): void =>
    void query.whereNull(`${table}.end_at`).orWhere(`${table}.end_at`, '>', time);
