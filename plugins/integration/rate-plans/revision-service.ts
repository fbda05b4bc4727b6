import type { Knex } from '../../../src/plugin.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { insertPlan } from './insert-plan.ts';
import { changedBy, checked, existingPlan } from './rate-plan-changes.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';
import type { RevisionInput } from './rate-plan-schemas.ts';
import { checkRevision, endParent, newRevision } from './revision.ts';
import { toWholePlan, type WholePlan } from './whole-plan.ts';

export type RevisionService = ReturnType<typeof createRevisionService>;

/** Revisions of published plans. Every call acts for one organization and cannot see the rows of another. */
export function createRevisionService({ limits, now }: Pick<CatalogParts, 'limits' | 'now'>) {
  return {
    /**
     * Creates a revision of a published plan, which ends when a published revision starts. Throws `mint.resourceDoesNotExist`,
     * `mint.ratePlanNotPublished`, `mint.resourceAlreadyExists`, `LIMIT_REACHED`, or an error of `checked` or `checkRevision`.
     */
    async create(
      trx: Knex,
      organization: string,
      packageId: string,
      parentId: string,
      input: WithKept<RevisionInput>,
    ): Promise<WholePlan> {
      const parent = existingPlan(
        packageId,
        parentId,
        await createRatePlanRepository(trx).findForUpdate(organization, parentId),
      );
      const revision = checked(changedBy(input, await newRevision(trx, parent, input, now())));
      checkRevision(revision, parent);
      await insertPlan(limits, trx, revision);
      if (revision.published) await endParent(trx, parent, revision, now());
      return toWholePlan(trx, revision);
    },
  };
}
