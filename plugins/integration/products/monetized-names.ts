import type { Knex } from '../../../src/plugin.ts';
import { endsAfter, runningSubscriptions, subscriptionsOf } from '../subscriptions/running-subscriptions.ts';

/** Conditions on queries about products and packages, which depend on rate plans and subscriptions. */
export function createMonetizedNames(db: Knex, organization: string) {
  const published = db('integration_rate_plans as r').where({ 'r.organization': organization, 'r.published': true });
  const covered = 'integration_package_products as c';
  const toCovered = { 'c.organization': 'r.organization', 'c.package_id': 'r.package_id' };

  const running = (email: string, time: number) => runningSubscriptions(db, organization, email, time);

  return {
    /** Names of products with a published plan. */
    products: () => published.clone().join(covered, toCovered).select('c.product_name'),

    /** Names of products that a running subscription of the developer covers. */
    productsOf: (email: string, time: number) => running(email, time).join(covered, toCovered).select('c.product_name'),

    /** Ids of packages with a published plan; with `time`, with one that is in effect. */
    packages: (time?: number) =>
      (time === undefined
        ? published.clone()
        : published.clone().where('r.start_at', '<=', time).where(endsAfter('r', time))
      ).select('r.package_id'),

    /** Ids of packages of the developer's subscriptions; with `time`, of the running ones. */
    packagesOf: (email: string, time?: number) =>
      (time === undefined ? subscriptionsOf(db, organization, email) : running(email, time)).select('r.package_id'),
  };
}
