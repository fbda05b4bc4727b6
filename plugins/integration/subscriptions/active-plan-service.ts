import type { ApiError } from '../../../src/errors.ts';
import { readAnswer } from '../apigee/answer-size.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { createProductRepository } from '../products/product-repository.ts';
import { toWholePlans, type WholePlan } from '../rate-plans/whole-plan.ts';
import { createActivePlanRepository } from './active-plan-repository.ts';

export type ActivePlanService = ReturnType<typeof createActivePlanService>;

/** The plans that developers are subscribed to now. Every call acts for one organization and cannot see the rows of another. */
export function createActivePlanService({ database, now }: Pick<CatalogParts, 'database' | 'now'>) {
  return {
    /** Lists the plans of the developer's active subscriptions. Throws `mint.resourceDoesNotExist` about the developer. */
    list: (organization: string, idOrEmail: string, wanted: ListQuery): Promise<Listed<WholePlan>> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, idOrEmail);
        const developer = { organization, email, time: now() };
        return readAnswer(organization, async (size) => {
          const { items, total } = await createActivePlanRepository(db).list(developer, wanted, size);
          return { items: await toWholePlans(db, items, size), total };
        });
      }),

    /**
     * The plan of the developer's latest active subscription that covers the product. Throws `mint.resourceDoesNotExist`, also
     * if there is none.
     */
    findOfProduct: (organization: string, idOrEmail: string, product: string): Promise<WholePlan> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, idOrEmail);
        if (!(await createProductRepository(db).find(organization, product))) throw doesNotExist('Product', product);
        const plan = await createActivePlanRepository(db).findOfProduct({ organization, email, time: now() }, product);
        const [found] = plan ? await toWholePlans(db, [plan]) : [];
        if (!found) throw noPlanOf(email, product);
        return found;
      }),
  };
}

const noPlanOf = (developer: string, product: string): ApiError =>
  mintError(404, 'resourceDoesNotExist', `Developer [${developer}] has no active rate plan with product [${product}]`, [
    { name: 'developerId', value: developer },
    { name: 'productId', value: product },
  ]);
