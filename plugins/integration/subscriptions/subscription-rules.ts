import type { ApiError } from '../../../src/errors.ts';
import { formatMicros, lastDayBefore, startOfDay } from '../apigee/apigee-dates.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import type { RatePlan } from '../rate-plans/rate-plan.ts';
import type { Subscription } from './subscription.ts';

/**
 * Throws `mint.startDateEarlierThanToday`. Compares days in UTC: a subscription that starts earlier today is accepted.
 */
export function checkStart({ startAt }: Subscription, now: number): void {
  if (startOfDay(startAt / 1000) < startOfDay(now / 1000))
    throw dateError('startDateEarlierThanToday', 'The start date must not be earlier than today', {
      startDate: startAt,
    });
}

/** Throws `mint.startDateEarlierThanPlanStartDate`, `mint.startDateLaterThanPlanEndDate`, or an error of `checkEnd`. */
export function checkDates({ startAt, endAt }: Subscription, plan: RatePlan): void {
  if (startAt < plan.startAt) {
    throw dateError(
      'startDateEarlierThanPlanStartDate',
      'The start date must not be earlier than the start date of the rate plan',
      {
        startDate: startAt,
        ratePlanStartDate: plan.startAt,
      },
    );
  }
  if (plan.endAt !== undefined && startAt >= plan.endAt) {
    throw dateError(
      'startDateLaterThanPlanEndDate',
      'The start date must be earlier than the end date of the rate plan',
      {
        startDate: startAt,
        ratePlanEndDate: plan.endAt,
      },
    );
  }
  checkEnd({ startAt, endAt }, plan);
}

/**
 * Throws `mint.endDateEarlierThanStart` or `mint.endDateLaterThanPlanEndDate`. Compares days: a subscription may end on the
 * day on which it starts, and on the day of the plan's end.
 */
export function checkEnd({ startAt, endAt }: Pick<Subscription, 'startAt' | 'endAt'>, plan: RatePlan): void {
  if (endAt === undefined) return;
  const lastDay = lastDayBefore(endAt);
  if (endAt <= startAt) {
    throw dateError('endDateEarlierThanStart', 'The end date must not be earlier than the start date', {
      startDate: startAt,
      endDate: lastDay,
    });
  }
  if (plan.endAt !== undefined && lastDay > plan.endAt) {
    throw dateError(
      'endDateLaterThanPlanEndDate',
      'The end date must not be later than the end date of the rate plan',
      {
        endDate: lastDay,
        ratePlanEndDate: plan.endAt,
      },
    );
  }
}

const dateError = (code: string, message: string, dates: Record<string, number>): ApiError =>
  mintError(
    400,
    code,
    message,
    Object.entries(dates).map(([name, micros]) => ({ name, value: formatMicros(micros) })),
  );
