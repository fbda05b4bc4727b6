import { found, type Knex, unlessTaken } from '../../../src/plugin.ts';
import type { AttributeStore } from '../apigee/apigee-attribute-routes.ts';
import type { Caller } from '../apigee/apigee-caller.ts';
import { alreadyExists, doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Listed } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { isFiltered, listFiltered, namesFiltered } from './filtered-products.ts';
import type { Product } from './product.ts';
import { createProductRepository } from './product-repository.ts';
import type { ProductInput, ProductListQuery } from './product-schemas.ts';

export type ProductService = ReturnType<typeof createProductService>;

/** Rules of products. Every call acts for one organization and cannot see the rows of another. */
export function createProductService({ database, limits, now }: CatalogParts) {
  return {
    /** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(db: Knex, { organization, by }: Caller, input: WithKept<ProductInput>): Promise<Product> {
      const { name, displayName, attributes = [], kept } = input;
      const time = now();
      const product: Product = {
        ...{ organization, name, displayName, attributes, kept },
        ...{ createdBy: by, updatedBy: by, createdAt: time, updatedAt: time },
      };
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

    list: (organization: string, wanted: ProductListQuery): Promise<Listed<Product>> =>
      database.read((db) =>
        isFiltered(wanted)
          ? listFiltered(db, organization, wanted)
          : createProductRepository(db).list(organization, wanted),
      ),

    /** Names in their order. */
    names: (organization: string, wanted: ProductListQuery): Promise<string[]> =>
      database.read(async (db) => {
        if (!isFiltered(wanted)) return createProductRepository(db).names(organization, wanted);
        return namesFiltered(db, organization, wanted);
      }),

    /** Omitted fields keep their values. Throws `mint.resourceDoesNotExist` or `mint.idCannotBeChanged`. */
    async update(
      trx: Knex,
      { organization, by }: Caller,
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
        attributes: input.attributes ?? before.attributes,
        kept: { ...before.kept, ...input.kept },
        updatedBy: by,
        updatedAt: now(),
      };
      await products.update(changed);
      return changed;
    },

    attributes: {
      read: async (organization, { name }) =>
        existing(name, await database.read((db) => createProductRepository(db).find(organization, name))).attributes,
      async change(trx, { organization, by }, { name: id }, change) {
        const products = createProductRepository(trx);
        const before = existing(id, await products.findForUpdate(organization, id));
        await products.update({ ...before, attributes: change(before.attributes), updatedBy: by, updatedAt: now() });
      },
    } satisfies AttributeStore<{ name: string }>,

    /** Resolves to the product as it was. Throws `mint.resourceDoesNotExist` or `mint.productIsInPackage`. */
    async delete(trx: Knex, organization: string, name: string): Promise<Product> {
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
      return product;
    },
  };
}

const existing = (name: string, product: Product | undefined): Product =>
  found(product, () => doesNotExist('Product', name));
