import { isDeepStrictEqual } from 'node:util';
import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { formatMicros, startOfDay } from '../apigee/apigee-dates.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import { planIdOf } from '../apigee/apigee-names.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createConditionRepository } from '../conditions/condition-repository.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import type { RatePlan } from './rate-plan.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';
import { countingOf, type RatePlanInput } from './rate-plan-schemas.ts';

export type RatePlanService = ReturnType<typeof createRatePlanService>;

/** Rules of rate plans. Every call acts for one organization and cannot see the rows of another. */
export function createRatePlanService({ database, limits, now }: CatalogParts) {
  return {
    /**
     * Throws `mint.resourceDoesNotExist` about the package, `mint.resourceAlreadyExists`, `LIMIT_REACHED`, or an error of
     * `checked`.
     */
    async create(
      trx: Knex,
      organization: string,
      packageId: string,
      input: WithKept<RatePlanInput>,
    ): Promise<RatePlan> {
      if (!(await createPackageRepository(trx).existsShared(organization, packageId)))
        throw doesNotExist('MonetizationPackage', packageId);
      const plan = checked(changedBy(input, newPlan(organization, packageId, input.name, now())));
      await insertPlan(limits, trx, plan);
      return plan;
    },

    /** Throws `mint.resourceDoesNotExist`. */
    async read(organization: string, packageId: string, id: string): Promise<RatePlan> {
      const plan = await database.read((db) => createRatePlanRepository(db).find(organization, id));
      return existing(packageId, id, plan);
    },

    /** Throws `mint.resourceDoesNotExist` about the package. */
    listOfPackage: (organization: string, packageId: string, wanted: ListQuery): Promise<Listed<RatePlan>> =>
      database.read(async (db) => {
        if (!(await createPackageRepository(db).find(organization, packageId)))
          throw doesNotExist('MonetizationPackage', packageId);
        return createRatePlanRepository(db).list({ organization, packageId }, wanted);
      }),

    list: (organization: string, wanted: ListQuery): Promise<Listed<RatePlan>> =>
      database.read((db) => createRatePlanRepository(db).list({ organization }, wanted)),

    /**
     * Omitted fields keep their values. Throws `mint.resourceDoesNotExist`, `mint.idCannotBeChanged`,
     * `mint.publishedRatePlanCannotBeChanged` or an error of `checked`.
     */
    async update(
      trx: Knex,
      organization: string,
      packageId: string,
      id: string,
      input: WithKept<Partial<RatePlanInput>>,
    ): Promise<RatePlan> {
      const plans = createRatePlanRepository(trx);
      const before = existing(packageId, id, await plans.findForUpdate(organization, id));
      if (input.name !== undefined && input.name !== before.name)
        throw mintError(400, 'idCannotBeChanged', 'The name of a rate plan cannot be changed');
      const changed = checked(changedBy(input, before));
      if (before.published && !isDeepStrictEqual({ ...changed, endAt: before.endAt }, before)) {
        throw mintError(
          409,
          'publishedRatePlanCannotBeChanged',
          'Only the end date of a published plan can be changed',
          [{ name: 'id', value: id }],
        );
      }
      const updated = { ...changed, updatedAt: now() };
      await plans.update(updated);
      return updated;
    },

    /**
     * Throws `mint.resourceDoesNotExist`, `mint.publishedRatePlanCannotBeDeleted` or
     * `mint.ratePlanHasNotificationConditions`. An unpublished plan has no subscriptions, because publishing cannot be
     * undone.
     */
    async delete(trx: Knex, organization: string, packageId: string, id: string): Promise<void> {
      const plans = createRatePlanRepository(trx);
      const plan = existing(packageId, id, await plans.findForUpdate(organization, id));
      if (plan.published) {
        throw mintError(
          409,
          'publishedRatePlanCannotBeDeleted',
          'A published plan cannot be deleted; set its end date instead',
          [{ name: 'id', value: id }],
        );
      }
      // The conditions would apply to a later plan of the same name.
      if (await createConditionRepository(trx).areThereFor(organization, plan.id)) {
        throw mintError(
          409,
          'ratePlanHasNotificationConditions',
          'The plan has notification conditions and cannot be deleted',
          [{ name: 'id', value: id }],
        );
      }
      await plans.delete(plan);
    },
  };
}

/** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
async function insertPlan(limits: OrganizationLimits, trx: Knex, plan: RatePlan): Promise<void> {
  const { organization } = plan;
  const count = (db: Knex) => createRatePlanRepository(db).count(organization);
  await unlessTaken(
    limits.creating(trx, { organization, kind: 'rate_plans', count }, (db) =>
      createRatePlanRepository(db).insert(plan),
    ),
    () => alreadyExists('RatePlan', plan.id),
  );
}

const existing = (packageId: string, id: string, plan: RatePlan | undefined): RatePlan =>
  found(plan?.packageId === packageId ? plan : undefined, () => doesNotExist('RatePlan', id));

/** An unpublished plan that starts today and has no end; `time` in microseconds. */
const newPlan = (organization: string, packageId: string, name: string, time: number): RatePlan => ({
  organization,
  packageId,
  id: planIdOf(packageId, name),
  name,
  displayName: name,
  type: 'STANDARD',
  published: false,
  durationMonths: undefined,
  ratingAttribute: undefined,
  startAt: startOfDay(time / 1000) * 1000,
  endAt: undefined,
  kept: { ratePlanDetails: [] },
  createdAt: time,
  updatedAt: time,
});

/** Applies an input to a plan. Throws `VALIDATION_ERROR` about `ratePlanDetails`. */
function changedBy(input: WithKept<Partial<RatePlanInput>>, plan: RatePlan): RatePlan {
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
function checked(plan: RatePlan): RatePlan {
  if (plan.endAt !== undefined && plan.endAt <= plan.startAt) {
    throw mintError(400, 'endDateEarlierThanStart', 'The end date must be later than the start date', [
      { name: 'startDate', value: formatMicros(plan.startAt) },
      { name: 'endDate', value: formatMicros(plan.endAt) },
    ]);
  }
  return plan;
}
