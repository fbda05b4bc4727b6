import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import type { Product } from './product.ts';
import { createProductRepository } from './product-repository.ts';
import type { ProductInput } from './product-schemas.ts';

export type ProductService = ReturnType<typeof createProductService>;

/** Rules of products. Every call acts for one organization and cannot see the rows of another. */
export function createProductService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(db: Knex, organization: string, input: WithKept<ProductInput>): Promise<Product> {
      const { name, displayName } = input;
      const time = now();
      const kept = input.kept;
      const product: Product = { organization, name, displayName, kept, createdAt: time, updatedAt: time };
      const count = (each: Knex) => createProductRepository(each).count(organization);
      await unlessTaken(
        limits.creating(db, { organization, kind: 'products', count }, (each) =>
          createProductRepository(each).insert(product),
        ),
        () => alreadyExists('Product', name),
      );
      return product;
    },

    /** Throws `mint.resourceDoesNotExist`. */
    async read(organization: string, name: string): Promise<Product> {
      return existing(name, await database.read((db) => createProductRepository(db).find(organization, name)));
    },

    list: (organization: string, wanted: ListQuery): Promise<Listed<Product>> =>
      database.read((db) => createProductRepository(db).list(organization, wanted)),

    /** Omitted fields keep their values. Throws `mint.resourceDoesNotExist` or `mint.idCannotBeChanged`. */
    async update(
      trx: Knex,
      organization: string,
      name: string,
      input: WithKept<Partial<ProductInput>>,
    ): Promise<Product> {
      const products = createProductRepository(trx);
      const before = existing(name, await products.findForUpdate(organization, name));
      if (input.name !== undefined && input.name !== name)
        throw mintError(400, 'idCannotBeChanged', 'The name of a product cannot be changed');
      const changed = {
        ...before,
        displayName: input.displayName ?? before.displayName,
        kept: { ...before.kept, ...input.kept },
        updatedAt: now(),
      };
      await products.update(changed);
      return changed;
    },

    /** Throws `mint.resourceDoesNotExist` or `mint.productIsInPackage`. */
    async delete(trx: Knex, organization: string, name: string): Promise<void> {
      const products = createProductRepository(trx);
      const product = existing(name, await products.findForUpdate(organization, name));
      const packageId = await createPackageRepository(trx).findIdByProduct(organization, name);
      if (packageId !== undefined) {
        throw mintError(409, 'productIsInPackage', `The product is part of package [${packageId}]`, [
          { name: 'id', value: name },
          { name: 'packageId', value: packageId },
        ]);
      }
      await products.delete(product);
    },
  };
}

const existing = (name: string, product: Product | undefined): Product =>
  found(product, () => doesNotExist('Product', name));
