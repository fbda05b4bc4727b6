import { found } from '../../../src/plugin.ts';
import { formatMicros, startOfDay } from '../apigee/apigee-dates.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import { planIdOf } from '../apigee/apigee-names.ts';
import type { RatePlan } from './rate-plan.ts';
import { countingOf, type RatePlanInput } from './rate-plan-schemas.ts';

/** An unpublished plan that starts today and has no end; `time` in microseconds. */
export const newPlan = (
  organization: string,
  packageId: string,
  { id, name }: Pick<RatePlanInput, 'id' | 'name'>,
  time: number,
): RatePlan => ({
  organization,
  packageId,
  id: id || planIdOf(packageId, name),
  name,
  displayName: name,
  type: 'STANDARD',
  published: false,
  durationMonths: undefined,
  ratingAttribute: undefined,
  startAt: startOfDay(time / 1000) * 1000,
  endAt: undefined,
  parentId: undefined,
  kept: { ratePlanDetails: [] },
  createdAt: time,
  updatedAt: time,
});

/** Applies an input to a plan. Throws `VALIDATION_ERROR` about `ratePlanDetails`. */
export function changedBy(input: WithKept<Partial<RatePlanInput>>, plan: RatePlan): RatePlan {
  const { displayName, type, published, startDate, endDate, ratePlanDetails } = input;
  return {
    ...plan,
    displayName: displayName ?? plan.displayName,
    type: type ?? plan.type,
    published: published ?? plan.published,
    ...(ratePlanDetails && countingOf(ratePlanDetails)),
    startAt: startDate === undefined ? plan.startAt : startDate * 1000,
    endAt: endDate === undefined ? plan.endAt : endDate === null ? undefined : endDate * 1000,
    kept: { ...plan.kept, ...input.kept },
  };
}

/** Throws `mint.endDateEarlierThanStart`. */
export function checked(plan: RatePlan): RatePlan {
  if (plan.endAt !== undefined && plan.endAt <= plan.startAt) {
    throw mintError(400, 'endDateEarlierThanStart', 'The end date must be later than the start date', [
      { name: 'startDate', value: formatMicros(plan.startAt) },
      { name: 'endDate', value: formatMicros(plan.endAt) },
    ]);
  }
  return plan;
}

/** The plan, if it was found and belongs to the package, or to any. Throws `mint.resourceDoesNotExist`. */
export const existingPlan = (packageId: string | undefined, id: string, plan: RatePlan | undefined): RatePlan =>
  found(packageId === undefined || plan?.packageId === packageId ? plan : undefined, () =>
    doesNotExist('RatePlan', id),
  );
