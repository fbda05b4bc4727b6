import { limitReached } from '../../../src/errors.ts';
import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { readAnswer } from '../apigee/answer-size.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import { packageIdOf } from '../apigee/apigee-names.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { createProfileRepository } from '../organizations/profile-repository.ts';
import { existingProducts } from '../products/existing-products.ts';
import { createMonetizedNames } from '../products/monetized-names.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import type { OwnedPackage } from './package.ts';
import { createPackageProductRepository } from './package-product-repository.ts';
import { createPackageRepository } from './package-repository.ts';
import { maxProducts, type PackageInput } from './package-schemas.ts';

export type PackageService = ReturnType<typeof createPackageService>;

/** Rules of packages. Every call acts for one organization and cannot see the rows of another. */
export function createPackageService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceDoesNotExist` about a product, `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(trx: Knex, organization: string, input: PackageInput): Promise<OwnedPackage> {
      const { name, displayName = name, description = '', status } = input;
      const id = packageIdOf(name);
      const wanted = input.product.map((product) => product.id);
      const products = await existingProducts(trx, organization, wanted);
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
    read: (organization: string, id: string): Promise<OwnedPackage> =>
      database.read((db) => find(db, organization, id)),

    /** With `monetized`, only packages with a published plan. */
    list: (organization: string, wanted: ListQuery, monetized: boolean): Promise<Listed<OwnedPackage>> =>
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
    ): Promise<Listed<OwnedPackage>> =>
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
    async addProduct(trx: Knex, organization: string, id: string, product: string): Promise<OwnedPackage> {
      const covered = createPackageProductRepository(trx);
      if (!(await createPackageRepository(trx).existsForUpdate(organization, id)))
        throw doesNotExist('MonetizationPackage', id);
      // The product stays until the end of the transaction; its deletion then finds the package.
      await existingProducts(trx, organization, [product]);
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

async function find(db: Knex, organization: string, id: string): Promise<OwnedPackage> {
  const entry = await createPackageRepository(db).find(organization, id);
  return {
    ...found(entry, () => doesNotExist('MonetizationPackage', id)),
    owner: await createProfileRepository(db).find(organization),
  };
}

const list = (
  db: Knex,
  organization: string,
  wanted: ListQuery,
  narrow: (query: Knex.QueryBuilder) => void,
): Promise<Listed<OwnedPackage>> =>
  readAnswer(organization, async (size) => {
    const { items, total } = await createPackageRepository(db).list(organization, wanted, narrow, size);
    const owner = await createProfileRepository(db).find(organization);
    return { items: items.map((entry) => ({ ...entry, owner })), total };
  });
