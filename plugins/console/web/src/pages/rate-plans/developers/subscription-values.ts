import type { Subscription } from '../../../api/subscriptions.ts';
import { dayOf, today } from '../days.ts';

/** A subscription as it is typed. Days are `YYYY-MM-DD`. */
export interface SubscriptionValues {
  email: string;
  planId: string;
  start: string;
  /** Empty: without an end. */
  end: string;
  target: string;
}

export const mostTarget = 1_000_000_000_000;

export const names = {
  codes: {
    'mint.ratePlanNotPublished': 'planId',
    'mint.developerAlreadyActiveOnRatePlan': 'planId',
    'mint.startDateEarlierThanToday': 'start',
    'mint.startDateEarlierThanPlanStartDate': 'start',
    'mint.startDateLaterThanPlanEndDate': 'start',
    'mint.endDateEarlierThanStart': 'end',
    'mint.endDateLaterThanPlanEndDate': 'end',
  },
  types: { Developer: 'email', RatePlan: 'planId' },
  paths: { 'ratePlan.id': 'planId', startDate: 'start', endDate: 'end', quotaTarget: 'target' },
} as const;

/** For a known developer, whose address has no field. */
export const namesOfDeveloper = { ...names, types: { RatePlan: 'planId' } } as const;

export const namesOfChange = {
  codes: {
    'mint.developerAlreadyActiveOnRatePlan': 'end',
    'mint.endDateEarlierThanStart': 'end',
    'mint.endDateLaterThanPlanEndDate': 'end',
  },
  paths: { endDate: 'end', quotaTarget: 'target' },
} as const;

export const valuesOf = (subscription: Subscription): SubscriptionValues => ({
  email: subscription.developer.id,
  planId: subscription.ratePlan.id,
  start: dayOf(subscription.startDate),
  end: dayOf(subscription.endDate),
  target: String(subscription.quotaTarget),
});

export const toInput = ({ email, planId, start, end, target }: SubscriptionValues) =>
  [
    email.trim().toLowerCase(),
    {
      ratePlan: { id: planId },
      startDate: start,
      ...(end === '' ? {} : { endDate: end }),
      quotaTarget: Number(target),
    },
  ] as const;

export const newSubscription = (email: string): SubscriptionValues => ({
  email,
  planId: '',
  start: today(),
  end: '',
  target: '',
});

export const toChange = (subscription: Subscription, { end, target }: SubscriptionValues) => ({
  quotaTarget: Number(target),
  ...(end === dayOf(subscription.endDate) ? {} : { endDate: end === '' ? null : end }),
});
