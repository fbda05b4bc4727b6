import { formatMicros } from '../apigee/apigee-dates.ts';
import type { Organization } from '../organizations/organization.ts';
import { currencyOf, toBriefProfile } from '../organizations/profile-view.ts';
import { toBriefPackage } from '../packages/package-view.ts';
import type { WholePlan } from './whole-plan.ts';

/** Values that this API family documents for members that were not sent; the currency is the organization's. */
export const planDefaultsOf = (owner: Organization) => ({
  ...{ advance: false, isPrivate: false, keepOriginalStartDate: false, prorate: false },
  currency: { id: currencyOf(owner).toLowerCase(), name: currencyOf(owner) },
});

/** A plan as it is answered alone, in lists and inside subscriptions. A revision has its parent, which is of the same package. */
export const toRatePlanAnswer = ({ parent, ...plan }: WholePlan) => ({
  ...toMembers(plan),
  ...(parent && { parentRatePlan: toMembers({ ...parent, package: plan.package, owner: plan.owner }) }),
});

const toMembers = (plan: Omit<WholePlan, 'parent'>) => ({
  ...withCurrencies({ ...planDefaultsOf(plan.owner), ...toKept(plan) }),
  id: plan.id,
  name: plan.name,
  displayName: plan.displayName,
  type: plan.type,
  published: plan.published,
  startDate: formatMicros(plan.startAt),
  ...(plan.endAt === undefined ? {} : { endDate: formatMicros(plan.endAt) }),
  monetizationPackage: toBriefPackage({ ...plan.package, owner: plan.owner }),
  organization: toBriefProfile(plan.owner),
});

/** Details have the currency of their plan unless they were sent with one: clients read it of every detail. */
export const withCurrencies = <Kept extends Record<string, unknown>>(kept: Kept): Kept =>
  Array.isArray(kept.ratePlanDetails)
    ? { ...kept, ratePlanDetails: kept.ratePlanDetails.map((detail) => ({ currency: kept.currency, ...detail })) }
    : kept;

/** Versions that did not know revisions kept a parent plan as callers had sent it. */
function toKept({ kept: { parentRatePlan: _, ...kept } }: Omit<WholePlan, 'parent'>): Record<string, unknown> {
  return kept;
}
