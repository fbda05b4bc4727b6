import { cycleMonthsOf, type RatePlan, type RatePlanChange, type RatePlanInput } from '../../../api/rate-plans.ts';
import { dayOf, endOfDay, today } from '../days.ts';

/** A plan as it is typed. Days are `YYYY-MM-DD`. */
export interface PlanValues {
  packageId: string;
  name: string;
  months: string;
  start: string;
  /** Empty: without an end. */
  end: string;
  publish: boolean;
}

export const newPlan = (packageId: string): PlanValues => ({
  packageId,
  name: '',
  months: '1',
  start: today(),
  end: '',
  publish: false,
});

export const valuesOf = (plan: RatePlan): PlanValues => ({
  packageId: plan.monetizationPackage.id,
  name: plan.displayName,
  months: String(cycleMonthsOf(plan) ?? ''),
  start: dayOf(plan.startDate),
  end: dayOf(plan.endDate),
  publish: plan.published,
});

const adjustable = (months: string) => [
  {
    type: 'USAGE_TARGET',
    meteringType: 'DEV_SPECIFIC',
    duration: Number(months),
    durationType: 'MONTH',
    ratingParameter: 'VOLUME',
  },
];

/** An adjustable notification plan. */
export const toInput = ({ name, months, start, end, publish }: PlanValues): RatePlanInput => ({
  name: name.trim(),
  ratePlanDetails: adjustable(months),
  startDate: start,
  ...(end === '' ? {} : { endDate: endOfDay(end) }),
  published: publish,
});

/** The members that differ from the plan; days that were not changed keep their times. */
export function toChange(plan: RatePlan, values: PlanValues): RatePlanChange {
  const before = valuesOf(plan);
  const { name, months, start, end } = values;
  return {
    ...(end === before.end ? {} : { endDate: end === '' ? null : endOfDay(end) }),
    ...(plan.published || name.trim() === before.name ? {} : { displayName: name.trim() }),
    ...(plan.published || start === before.start ? {} : { startDate: start }),
    ...(plan.published || months === before.months
      ? {}
      : { ratePlanDetails: [{ ...plan.ratePlanDetails[0], duration: Number(months) }] }),
  };
}
