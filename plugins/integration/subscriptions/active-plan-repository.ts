import type { Knex } from '../../../src/plugin.ts';
import type { AnswerSize } from '../apigee/answer-size.ts';
import { countRows, type Listed, type ListQuery, windowOf } from '../apigee/apigee-lists.ts';
import type { RatePlan } from '../rate-plans/rate-plan.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import { runningSubscriptions } from './running-subscriptions.ts';

/** A developer at a time, in microseconds since 1970. */
export interface DeveloperAt {
  organization: string;
  email: string;
  time: number;
}

/** Each plan is answered whole. */
const maxListed = 1000;

/** Plans of subscriptions that are in force, with plans that are in force too. A developer has each of them at most once. */
export function createActivePlanRepository(db: Knex) {
  return {
    /** Lists plans, the latest subscription first. */
    async list(developer: DeveloperAt, wanted: ListQuery, size?: AnswerSize): Promise<Listed<RatePlan>> {
      const active = activeOf(developer).select({ planId: 's.plan_id' });
      const total = await countRows(active.clone());
      const { limit, offset } = windowOf(wanted) ?? { limit: maxListed, offset: 0 };
      const rows: { planId: string }[] = await active.orderBy('s.id', 'desc').limit(limit).offset(offset);
      return { items: await inOrder(developer.organization, rows, size), total };
    },

    /** The plan of the latest subscription that covers the product. */
    async findOfProduct(developer: DeveloperAt, product: string): Promise<RatePlan | undefined> {
      const row: { planId: string } | undefined = await activeOf(developer)
        .join('integration_package_products as p', (on) =>
          on.on('p.organization', 'r.organization').andOn('p.package_id', 'r.package_id'),
        )
        .where({ 'p.product_name': product })
        .orderBy('s.id', 'desc')
        .first({ planId: 's.plan_id' });
      return row && createRatePlanRepository(db).find(developer.organization, row.planId);
    },
  };

  async function inOrder(
    organization: string,
    rows: readonly { planId: string }[],
    size?: AnswerSize,
  ): Promise<RatePlan[]> {
    const ids = rows.map(({ planId }) => planId);
    const plans = new Map(
      (await createRatePlanRepository(db).findMany(organization, ids, size)).map((plan) => [plan.id, plan]),
    );
    return ids.flatMap((id) => plans.get(id) ?? []);
  }

  function activeOf({ organization, email, time }: DeveloperAt): Knex.QueryBuilder {
    return runningSubscriptions(db, organization, email, time);
  }
}
