import type { Clock, Knex } from '../../../src/plugin.ts';
import type { Developer } from '../developers/developer.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import { toWholePlans, type WholePlan } from '../rate-plans/whole-plan.ts';
import { type UsedSubscription, withUsage } from '../usage/subscription-usage.ts';
import { renewalAfter } from './renewal.ts';
import type { Subscription } from './subscription.ts';

/** A subscription with its usage, its plan and its developer. */
export interface WholeSubscription extends UsedSubscription {
  plan: WholePlan;
  developer: Developer;
  /** Milliseconds since 1970; undefined if the plan has no contract period, or does not renew any more. */
  renewalAt: number | undefined;
}

/** Adds usage and plans to subscriptions of a developer. The number of statements does not depend on the number of plans. */
export async function withPlans(
  db: Knex,
  developer: Developer,
  subscriptions: readonly Subscription[],
  now: Clock,
): Promise<WholeSubscription[]> {
  const used = await withUsage(db, subscriptions, now);
  const planIds = subscriptions.map(({ planId }) => planId);
  const found = await createRatePlanRepository(db).findMany(developer.organization, planIds);
  const plans = new Map((await toWholePlans(db, found)).map((plan) => [plan.id, plan]));
  const time = now();
  return used.flatMap((each) => {
    const plan = plans.get(each.planId);
    // A plan with subscriptions is published, and published plans are never deleted.
    return plan ? [{ ...each, plan, developer, renewalAt: renewalAfter(each, plan, time) }] : [];
  });
}
