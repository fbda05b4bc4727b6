import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { formatMicros, startOfDay } from '../apigee/apigee-dates.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed } from '../apigee/apigee-lists.ts';
import { planIdOf } from '../apigee/apigee-names.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createConditionRepository } from '../conditions/condition-repository.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import type { Organization } from '../organizations/organization.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { isSamePlan } from './plan-comparison.ts';
import type { RatePlan } from './rate-plan.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';
import { countingOf, type PlanListQuery, type RatePlanInput } from './rate-plan-schemas.ts';
import { toWholePlans, type WholePlan } from './whole-plan.ts';

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
    ): Promise<WholePlan> {
      if (!(await createPackageRepository(trx).existsShared(organization, packageId)))
        throw doesNotExist('MonetizationPackage', packageId);
      const plan = checked(changedBy(input, newPlan(organization, packageId, input.name, now())));
      await insertPlan(limits, trx, plan);
      return whole(trx, plan);
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, packageId: string, id: string): Promise<WholePlan> =>
      database.read(async (db) =>
        whole(db, existing(packageId, id, await createRatePlanRepository(db).find(organization, id))),
      ),

    /** Throws `mint.resourceDoesNotExist` about the package. */
    listOfPackage: (organization: string, packageId: string, wanted: PlanListQuery): Promise<Listed<WholePlan>> =>
      database.read(async (db) => {
        if (!(await createPackageRepository(db).find(organization, packageId)))
          throw doesNotExist('MonetizationPackage', packageId);
        const filter = { organization, packageId, currentAt: wanted.current ? now() : undefined };
        const { items, total } = await createRatePlanRepository(db).list(filter, wanted);
        return { items: await toWholePlans(db, items), total };
      }),

    list: (organization: string, wanted: PlanListQuery): Promise<Listed<WholePlan>> =>
      database.read(async (db) => {
        const filter = { organization, currentAt: wanted.current ? now() : undefined };
        const { items, total } = await createRatePlanRepository(db).list(filter, wanted);
        return { items: await toWholePlans(db, items), total };
      }),

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
    ): Promise<WholePlan> {
      const plans = createRatePlanRepository(trx);
      const before = existing(packageId, id, await plans.findForUpdate(organization, id));
      if (input.name !== undefined && input.name !== before.name)
        throw mintError(400, 'idCannotBeChanged', 'The name of a rate plan cannot be changed', [
          { name: 'name', value: input.name },
        ]);
      const changed = checked(changedBy(input, before));
      if (before.published) checkSame(changed, before, await createProfileRepository(trx).find(organization));
      const updated = { ...(before.published ? before : changed), endAt: changed.endAt, updatedAt: now() };
      await plans.update(updated);
      return whole(trx, updated);
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
      await checkUnwatched(trx, plan);
      await plans.delete(plan);
    },
  };
}

/** Throws `mint.publishedRatePlanCannotBeChanged` if more than the end changes. */
function checkSame(changed: RatePlan, before: RatePlan, owner: Organization): void {
  if (isSamePlan({ ...changed, endAt: before.endAt }, before, owner)) return;
  throw mintError(409, 'publishedRatePlanCannotBeChanged', 'Only the end date of a published plan can be changed', [
    { name: 'id', value: before.id },
  ]);
}

/**
 * Throws `mint.ratePlanHasNotificationConditions`: the conditions of a deleted plan would apply to a later plan of the same name.
 */
async function checkUnwatched(trx: Knex, { organization, id }: RatePlan): Promise<void> {
  if (!(await createConditionRepository(trx).areThereFor(organization, id))) return;
  throw mintError(
    409,
    'ratePlanHasNotificationConditions',
    'The plan has notification conditions and cannot be deleted',
    [{ name: 'id', value: id }],
  );
}

async function whole(db: Knex, plan: RatePlan): Promise<WholePlan> {
  const [found] = await toWholePlans(db, [plan]);
  return found as WholePlan;
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
