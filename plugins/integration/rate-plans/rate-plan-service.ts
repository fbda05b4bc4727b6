import { found, type Knex } from '../../../src/plugin.ts';
import { readAnswer } from '../apigee/answer-size.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createConditionRepository } from '../conditions/condition-repository.ts';
import type { Organization } from '../organizations/organization.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { insertPlan } from './insert-plan.ts';
import { isSamePlan } from './plan-comparison.ts';
import type { RatePlan } from './rate-plan.ts';
import { changedBy, checked, existingPlan, newPlan } from './rate-plan-changes.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';
import type { PlanListQuery, RatePlanInput } from './rate-plan-schemas.ts';
import { checkRevision, endParent } from './revision.ts';
import { toWholePlan, toWholePlans, type WholePlan } from './whole-plan.ts';

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
      const plan = checked(changedBy(input, newPlan(organization, packageId, input, now())));
      await insertPlan(limits, trx, plan);
      return toWholePlan(trx, plan);
    },

    /** Reads a plan of a package, or of any package. Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, packageId: string | undefined, id: string): Promise<WholePlan> =>
      database.read(async (db) =>
        toWholePlan(db, existingPlan(packageId, id, await createRatePlanRepository(db).find(organization, id))),
      ),

    /** Throws `mint.resourceDoesNotExist` about the package. */
    listOfPackage: (organization: string, packageId: string, wanted: PlanListQuery): Promise<Listed<WholePlan>> =>
      database.read(async (db) => {
        if (!(await createPackageRepository(db).find(organization, packageId)))
          throw doesNotExist('MonetizationPackage', packageId);
        return listed(db, { organization, packageId }, wanted);
      }),

    list: (organization: string, wanted: PlanListQuery): Promise<Listed<WholePlan>> =>
      database.read((db) => listed(db, { organization }, wanted)),

    /**
     * Omitted fields keep their values. Throws `mint.resourceDoesNotExist`, `mint.idCannotBeChanged`,
     * `mint.publishedRatePlanCannotBeChanged`, `mint.ratePlanHasNotificationConditions` or an error of `checked` or
     * `checkRevision`.
     */
    async update(
      trx: Knex,
      organization: string,
      packageId: string,
      id: string,
      input: WithKept<Partial<RatePlanInput>>,
    ): Promise<WholePlan> {
      const plans = createRatePlanRepository(trx);
      const before = existingPlan(packageId, id, await plans.findForUpdate(organization, id));
      if (input.name !== undefined && input.name !== before.name)
        throw mintError(400, 'idCannotBeChanged', 'The name of a rate plan cannot be changed', [
          { name: 'name', value: input.name },
        ]);
      const changed = checked(changedBy(input, before));
      if (before.published) checkSame(changed, before, await createProfileRepository(trx).find(organization));
      else {
        await checkStillAdjustable(trx, changed, before);
        if (before.parentId !== undefined) await revise(trx, changed, before.parentId, now());
      }
      const updated = { ...(before.published ? before : changed), endAt: changed.endAt, updatedAt: now() };
      await plans.update(updated);
      return toWholePlan(trx, updated);
    },

    /**
     * Throws `mint.resourceDoesNotExist`, `mint.publishedRatePlanCannotBeDeleted` or
     * `mint.ratePlanHasNotificationConditions`. An unpublished plan has no subscriptions, because publishing cannot be
     * undone.
     */
    async delete(trx: Knex, organization: string, packageId: string | undefined, id: string): Promise<void> {
      const plans = createRatePlanRepository(trx);
      const plan = existingPlan(packageId, id, await plans.findForUpdate(organization, id));
      await checkDeletable(trx, plan);
      await plans.delete(plan);
    },
  };

  function listed(
    db: Knex,
    filter: { organization: string; packageId?: string },
    wanted: PlanListQuery,
  ): Promise<Listed<WholePlan>> {
    const currentAt = wanted.current ? now() : undefined;
    return readAnswer(filter.organization, async (size) => {
      const { items, total } = await createRatePlanRepository(db).list({ ...filter, currentAt }, wanted, size);
      return { items: await toWholePlans(db, items, size), total };
    });
  }
}

/** Checks a changed draft of a revision, and ends its parent if the draft is published. */
async function revise(trx: Knex, revision: RatePlan, parentId: string, time: number): Promise<void> {
  const plans = createRatePlanRepository(trx);
  const parent = found(await plans.findForUpdate(revision.organization, parentId), () =>
    doesNotExist('RatePlan', parentId),
  );
  checkRevision(revision, parent);
  if (revision.published) await endParent(trx, parent, revision, time);
}

/** Throws `mint.publishedRatePlanCannotBeChanged` if more than the end changes. */
function checkSame(changed: RatePlan, before: RatePlan, owner: Organization): void {
  if (isSamePlan({ ...changed, endAt: before.endAt }, before, owner)) return;
  throw mintError(409, 'publishedRatePlanCannotBeChanged', 'Only the end date of a published plan can be changed', [
    { name: 'id', value: before.id },
  ]);
}

/**
 * Throws `mint.publishedRatePlanCannotBeDeleted`, or `mint.ratePlanHasNotificationConditions`: the conditions of a deleted plan
 * would apply to a later plan of the same name.
 */
async function checkDeletable(trx: Knex, { organization, id, published }: RatePlan): Promise<void> {
  if (published)
    throw mintError(
      409,
      'publishedRatePlanCannotBeDeleted',
      'A published plan cannot be deleted; set its end date instead',
      [{ name: 'id', value: id }],
    );
  await checkWithoutConditions(trx, { organization, id }, 'cannot be deleted');
}

/** Throws `mint.ratePlanHasNotificationConditions` if the plan would become one for which conditions cannot be created. */
async function checkStillAdjustable(trx: Knex, changed: RatePlan, before: RatePlan): Promise<void> {
  if (before.durationMonths === undefined || changed.durationMonths !== undefined) return;
  await checkWithoutConditions(trx, before, 'has to remain an adjustable notification plan');
}

async function checkWithoutConditions(
  trx: Knex,
  { organization, id }: Pick<RatePlan, 'organization' | 'id'>,
  rule: string,
): Promise<void> {
  if (!(await createConditionRepository(trx).areThereFor(organization, id))) return;
  throw mintError(409, 'ratePlanHasNotificationConditions', `The plan has notification conditions and ${rule}`, [
    { name: 'id', value: id },
  ]);
}
