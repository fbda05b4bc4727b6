import type { Clock, Knex } from '../../../src/plugin.ts';
import { type AnswerSize, countRepeated } from '../apigee/answer-size.ts';
import type { Developer } from '../developers/developer.ts';
import { toMintDeveloper } from '../developers/mint-developer.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import { toRatePlanAnswer } from '../rate-plans/rate-plan-view.ts';
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

/**
 * Adds usage and plans to subscriptions of a developer, of which `size` has counted the subscriptions alone. The number of
 * statements does not depend on the number of plans.
 */
export async function withPlans(
  db: Knex,
  developer: Developer,
  subscriptions: readonly Subscription[],
  now: Clock,
  size?: AnswerSize,
): Promise<WholeSubscription[]> {
  const used = await withUsage(db, subscriptions, now);
  const planIds = subscriptions.map(({ planId }) => planId);
  const found = await createRatePlanRepository(db).findMany(developer.organization, planIds, size);
  const plans = new Map((await toWholePlans(db, found, size)).map((plan) => [plan.id, plan]));
  const time = now();
  const whole = used.flatMap((each) => {
    const plan = plans.get(each.planId);
    // A plan with subscriptions is published, and published plans are never deleted.
    return plan ? [{ ...each, plan, developer, renewalAt: renewalAfter(each, plan, time) }] : [];
  });
  if (size) countParts(size, whole);
  return whole;
}

/** A subscription is answered with its plan and its developer. */
function countParts(size: AnswerSize, subscriptions: readonly WholeSubscription[]): void {
  countRepeated(
    size,
    subscriptions.map(({ plan }) => plan),
    toRatePlanAnswer,
  );
  const [first] = subscriptions;
  if (first)
    size.count(subscriptions.length * JSON.stringify(toMintDeveloper(first.developer, first.plan.owner)).length);
}
