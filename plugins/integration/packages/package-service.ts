import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import { packageIdOf } from '../apigee/apigee-names.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createProductRepository } from '../products/product-repository.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import type { Package } from './package.ts';
import { createPackageRepository } from './package-repository.ts';
import type { PackageInput } from './package-schemas.ts';

export type PackageService = ReturnType<typeof createPackageService>;

/** Rules of packages. Every call acts for one organization and cannot see the rows of another. */
export function createPackageService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceDoesNotExist` about a product, `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(trx: Knex, organization: string, input: PackageInput): Promise<Package> {
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
      return existing(id, await createPackageRepository(trx).find(organization, id));
    },

    /** Throws `mint.resourceDoesNotExist`. */
    async read(organization: string, id: string): Promise<Package> {
      return existing(id, await database.read((db) => createPackageRepository(db).find(organization, id)));
    },

    list: (organization: string, wanted: ListQuery): Promise<Listed<Package>> =>
      database.read((db) => createPackageRepository(db).list(organization, wanted)),

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

const existing = (id: string, entry: Package | undefined): Package =>
  found(entry, () => doesNotExist('MonetizationPackage', id));
