import { formatDate, formatMicros, lastDayBefore } from '../apigee/apigee-dates.ts';
import { toMintDeveloper } from '../developers/mint-developer.ts';
import { toRatePlanAnswer } from '../rate-plans/rate-plan-view.ts';
import type { SubscriptionUsage } from '../usage/subscription-usage.ts';
import type { WholeSubscription } from './whole-subscription.ts';

/** A subscription with its plan, developer, dates and usage. */
export function toSubscriptionAnswer(subscription: WholeSubscription) {
  const { id, developer, plan, startAt, endAt, quotaTarget, createdAt, updatedAt, usage, renewalAt } = subscription;
  return {
    id,
    developer: toMintDeveloper(developer, plan.owner),
    ratePlan: toRatePlanAnswer(plan),
    startDate: formatMicros(startAt),
    ...(endAt === undefined ? {} : { endDate: formatMicros(lastDayBefore(endAt)) }),
    ...(usage.resetAt === null ? {} : { nextCycleStartDate: formatDate(usage.resetAt) }),
    ...(renewalAt === undefined ? {} : { renewalDate: formatDate(renewalAt) }),
    quotaTarget,
    created: formatMicros(createdAt),
    updated: formatMicros(updatedAt),
    ...toUsageAnswer(usage),
  };
}

export const toUsageAnswer = ({ count, percent, resetAt, thresholds }: SubscriptionUsage) => ({
  usageCount: count,
  usagePercent: percent,
  usageResetDate: resetAt === null ? null : formatDate(resetAt),
  usageThresholds: thresholds,
});
