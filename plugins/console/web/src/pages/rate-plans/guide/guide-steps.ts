import type { Condition } from '../../../api/conditions.ts';
import { cycleMonthsOf, type Package, type RatePlan } from '../../../api/rate-plans.ts';
import { planOf } from '../notify-at.ts';

/** From nothing to a callback, in this order. */
export const steps = [
  'product',
  'package',
  'plan',
  'publish',
  'webhook',
  'notification',
  'developer',
  'subscription',
] as const;

export type Step = (typeof steps)[number];

/** Undefined parts are not known yet. */
export interface GuideFacts {
  readonly hasProduct: boolean;
  readonly packages: readonly Package[];
  readonly plans: readonly RatePlan[];
  readonly conditions: readonly Condition[];
  readonly hasWebhook: boolean;
  readonly hasDeveloper: boolean;
  readonly hasSubscription: boolean;
}

const isAdjustable = (plan: RatePlan): boolean => cycleMonthsOf(plan) !== undefined;

/** The adjustable plans that notify, or could. */
export const adjustablePlans = (plans: readonly RatePlan[]): RatePlan[] => plans.filter(isAdjustable);

/** The steps that are done. */
export function doneSteps(facts: GuideFacts): ReadonlySet<Step> {
  const adjustable = adjustablePlans(facts.plans);
  const published = new Set(adjustable.filter((plan) => plan.published).map(({ id }) => id));
  const isDone: Readonly<Record<Step, boolean>> = {
    product: facts.hasProduct,
    package: facts.packages.some(({ product }) => product.length > 0),
    plan: adjustable.length > 0,
    publish: published.size > 0,
    webhook: facts.hasWebhook,
    notification: facts.conditions.some((condition) => published.has(planOf(condition) ?? '')),
    developer: facts.hasDeveloper,
    subscription: facts.hasSubscription,
  };
  return new Set(steps.filter((step) => isDone[step]));
}
