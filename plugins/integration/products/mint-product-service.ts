import { found } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import type { Organization } from '../organizations/organization.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { createMonetizedNames } from './monetized-names.ts';
import type { Product } from './product.ts';
import { createProductRepository } from './product-repository.ts';

export type MintProductService = ReturnType<typeof createMintProductService>;

/** Products as the monetization API reads them, with their organization. */
export function createMintProductService({ database, now }: Pick<CatalogParts, 'database' | 'now'>) {
  return {
    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, name: string): Promise<{ product: Product; owner: Organization }> =>
      database.read(async (db) => ({
        product: found(await createProductRepository(db).find(organization, name), () => doesNotExist('Product', name)),
        owner: await createProfileRepository(db).find(organization),
      })),

    /** With `monetized`, only products with a published plan. */
    list: (
      organization: string,
      wanted: ListQuery,
      monetized: boolean,
    ): Promise<Listed<Product> & { owner: Organization }> =>
      database.read(async (db) => ({
        ...(await createProductRepository(db).pages(organization, wanted, (query) => {
          if (monetized) query.whereIn('name', createMonetizedNames(db, organization).products());
        })),
        owner: await createProfileRepository(db).find(organization),
      })),

    /**
     * The products that the developer may use: without a published plan, or covered by a running subscription of the developer. Throws
     * `mint.resourceDoesNotExist` about the developer.
     */
    listEligible: (
      organization: string,
      developer: string,
      wanted: ListQuery,
    ): Promise<Listed<Product> & { owner: Organization }> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, developer);
        const names = createMonetizedNames(db, organization);
        const listed = await createProductRepository(db).pages(organization, wanted, (query) => {
          query.where((either) =>
            either.whereNotIn('name', names.products()).orWhereIn('name', names.productsOf(email, now())),
          );
        });
        return { ...listed, owner: await createProfileRepository(db).find(organization) };
      }),
  };
}
