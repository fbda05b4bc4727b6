import { limitReached } from '../../../src/errors.ts';
import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import { packageIdOf } from '../apigee/apigee-names.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { createMonetizedNames } from '../products/monetized-names.ts';
import { createProductRepository } from '../products/product-repository.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import type { OfferedPackage } from './package.ts';
import { createPackageProductRepository } from './package-product-repository.ts';
import { createPackageRepository } from './package-repository.ts';
import { maxProducts, type PackageInput } from './package-schemas.ts';

export type PackageService = ReturnType<typeof createPackageService>;

/** Rules of packages. Every call acts for one organization and cannot see the rows of another. */
export function createPackageService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceDoesNotExist` about a product, `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(trx: Knex, organization: string, input: PackageInput): Promise<OfferedPackage> {
      const { name, displayName = name, description = '', status } = input;
      const id = packageIdOf(name);
      const products = [...new Set(input.product.map((product) => product.id))];
      const known = await createProductRepository(trx).findNamesShared(organization, products);
      const unknown = products.find((product) => !known.has(product));
      if (unknown !== undefined) throw doesNotExist('Product', unknown);

      const time = now();
      const entry = { organization, id, name, displayName, description, status, createdAt: time, updatedAt: time };
      const count = (db: Knex) => createPackageRepository(db).count(organization);
      await unlessTaken(
        limits.creating(trx, { organization, kind: 'packages', count }, (db) =>
          createPackageRepository(db).insert(entry, products),
        ),
        () => alreadyExists('MonetizationPackage', id),
      );
      return find(trx, organization, id);
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<OfferedPackage> =>
      database.read((db) => find(db, organization, id)),

    /** With `monetized`, only packages with a published plan. */
    list: (organization: string, wanted: ListQuery, monetized: boolean): Promise<Listed<OfferedPackage>> =>
      database.read((db) =>
        list(db, organization, wanted, (query) => {
          if (monetized) query.whereIn('id', createMonetizedNames(db, organization).packages());
        }),
      ),

    /**
     * The packages of the developer's subscriptions, with `allAvailable` also every package with a published plan; with `current`
     * only subscriptions and plans of the present moment count. Throws `mint.resourceDoesNotExist` about the developer.
     */
    listOfDeveloper: (
      organization: string,
      developer: string,
      wanted: ListQuery,
      { current, allAvailable }: { current: boolean; allAvailable: boolean },
    ): Promise<Listed<OfferedPackage>> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, developer);
        const time = current ? now() : undefined;
        const ids = createMonetizedNames(db, organization);
        return list(db, organization, wanted, (query) => {
          query.where((either) => {
            either.whereIn('id', ids.packagesOf(email, time));
            if (allAvailable) either.orWhereIn('id', ids.packages(time));
          });
        });
      }),

    /**
     * Adds a product, unless the package has it already. Subscriptions count its usage from now on. Throws
     * `mint.resourceDoesNotExist` about the package or the product, or `LIMIT_REACHED`.
     */
    async addProduct(trx: Knex, organization: string, id: string, product: string): Promise<OfferedPackage> {
      const covered = createPackageProductRepository(trx);
      if (!(await createPackageRepository(trx).existsForUpdate(organization, id)))
        throw doesNotExist('MonetizationPackage', id);
      // The product stays until the end of the transaction; its deletion then finds the package.
      if (!(await createProductRepository(trx).findNamesShared(organization, [product])).has(product))
        throw doesNotExist('Product', product);
      const names = await covered.names(organization, id);
      if (!names.includes(product)) {
        if (names.length >= maxProducts) throw limitReached('products of a package', maxProducts);
        await covered.insert(organization, id, product);
      }
      return find(trx, organization, id);
    },

    /** Usage that was counted stays counted. Throws `mint.resourceDoesNotExist` about the package or its product. */
    async removeProduct(trx: Knex, organization: string, id: string, product: string): Promise<void> {
      const covered = createPackageProductRepository(trx);
      if (!(await createPackageRepository(trx).existsForUpdate(organization, id)))
        throw doesNotExist('MonetizationPackage', id);
      if (!(await covered.names(organization, id)).includes(product)) throw doesNotExist('Product', product);
      await covered.delete(organization, id, product);
    },

    /** Throws `mint.resourceDoesNotExist` or `mint.packageHasRatePlans`. */
    async delete(trx: Knex, organization: string, id: string): Promise<void> {
      const packages = createPackageRepository(trx);
      if (!(await packages.existsForUpdate(organization, id))) throw doesNotExist('MonetizationPackage', id);
      if (await createRatePlanRepository(trx).hasPackage(organization, id)) {
        throw mintError(409, 'packageHasRatePlans', 'The package has rate plans and cannot be deleted', [
          { name: 'id', value: id },
        ]);
      }
      await packages.delete(organization, id);
    },
  };
}

async function find(db: Knex, organization: string, id: string): Promise<OfferedPackage> {
  const entry = await createPackageRepository(db).find(organization, id);
  return {
    ...found(entry, () => doesNotExist('MonetizationPackage', id)),
    seller: await createProfileRepository(db).find(organization),
  };
}

async function list(
  db: Knex,
  organization: string,
  wanted: ListQuery,
  narrow: (query: Knex.QueryBuilder) => void,
): Promise<Listed<OfferedPackage>> {
  const { items, total } = await createPackageRepository(db).list(organization, wanted, narrow);
  const seller = await createProfileRepository(db).find(organization);
  return { items: items.map((entry) => ({ ...entry, seller })), total };
}
