import type { Knex } from '../../../src/plugin.ts';
import { type AnswerSize, countRepeated } from '../apigee/answer-size.ts';
import type { Organization } from '../organizations/organization.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { toBriefProfile } from '../organizations/profile-view.ts';
import type { Package } from '../packages/package.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { toBriefPackage } from '../packages/package-view.ts';
import type { RatePlan } from './rate-plan.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';

/** A rate plan with the package that it sells and the organization that owns both. */
export interface WholePlan extends RatePlan {
  package: Package;
  owner: Organization;
  /** The plan of which this is a revision. */
  parent: RatePlan | undefined;
}

/**
 * Adds packages and owner to plans of one organization, of which `size` has counted the plans alone. The number of statements does
 * not depend on the number of packages.
 */
export async function toWholePlans(db: Knex, plans: readonly RatePlan[], size?: AnswerSize): Promise<WholePlan[]> {
  const [first] = plans;
  if (!first) return [];
  const packages = await createPackageRepository(db).findMany(
    first.organization,
    plans.map(({ packageId }) => packageId),
    size,
  );
  const parents = await createRatePlanRepository(db).findMany(
    first.organization,
    plans.flatMap(({ parentId }) => parentId ?? []),
    size,
  );
  const parentsById = new Map(parents.map((parent) => [parent.id, parent]));
  const owner = await createProfileRepository(db).find(first.organization);
  const byId = new Map(packages.map((each) => [each.id, each]));
  const whole = plans.flatMap((plan) => {
    const sold = byId.get(plan.packageId);
    // A package with plans cannot be deleted.
    const parent = parentsById.get(plan.parentId ?? '');
    return sold ? [{ ...plan, package: sold, owner, parent }] : [];
  });
  if (size) countParts(size, whole, owner);
  return whole;
}

/** A plan is answered with its package and its parent, which has the package again. */
function countParts(size: AnswerSize, plans: readonly WholePlan[], owner: Organization): void {
  const packages = plans.flatMap((plan) => (plan.parent ? [plan.package, plan.package] : [plan.package]));
  countRepeated(size, packages, (each) => toBriefPackage({ ...each, owner }));
  countRepeated(
    size,
    plans.flatMap(({ parent }) => parent ?? []),
    (parent) => parent,
  );
  size.count(plans.length * JSON.stringify(toBriefProfile(owner)).length);
}

/** The same for one plan. */
export async function toWholePlan(db: Knex, plan: RatePlan): Promise<WholePlan> {
  const [found] = await toWholePlans(db, [plan]);
  return found as WholePlan;
}
