import { findOne, type Knex } from '../../../src/plugin.ts';
import type { AnswerSize } from '../apigee/answer-size.ts';
import { countRows, type Listed, type ListQuery, readList, rowsAtOnce } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import { type PackagedProduct, toPackagedProduct } from '../products/mint-product-view.ts';
import { createProductRepository } from '../products/product-repository.ts';
import type { Package } from './package.ts';

interface Row {
  organization: string;
  id: string;
  name: string;
  display_name: string;
  description: string;
  status: string;
  created_at: number;
  updated_at: number;
}

interface ProductRow {
  organization: string;
  package_id: string;
  product_name: string;
}

const table = 'integration_packages';
const productTable = 'integration_package_products';

/** Packages by organization and id, with their products. */
export function createPackageRepository(db: Knex) {
  return {
    async insert(entry: Omit<Package, 'products'>, productNames: readonly string[]): Promise<void> {
      const { organization, id, name, displayName, description, status, createdAt, updatedAt } = entry;
      await db<Row>(table).insert({
        ...{ organization, id, name, description, status },
        display_name: displayName,
        created_at: createdAt,
        updated_at: updatedAt,
      });
      if (productNames.length === 0) return;
      await db<ProductRow>(productTable).insert(
        productNames.map((product) => ({ organization, package_id: id, product_name: product })),
      );
    },

    async find(organization: string, id: string): Promise<Package | undefined> {
      return (await findOne(db(table), { organization, id }, (row: Row) => withProducts(db, organization, [row])))?.[0];
    },

    /** Finds the packages of these ids, in no order. */
    async findMany(organization: string, ids: readonly string[], size?: AnswerSize): Promise<Package[]> {
      const packages: Package[] = [];
      for (const batch of batchesOf([...new Set(ids)])) {
        const rows = await db<Row>(table).where({ organization }).whereIn('id', batch);
        packages.push(...(await withProducts(db, organization, rows, size)));
      }
      return packages;
    },

    /** Whether the package exists; no other transaction can delete it until this one ends. */
    async existsShared(organization: string, id: string): Promise<boolean> {
      return (await findOne<Row, true>(db(table).forShare(), { organization, id }, () => true)) ?? false;
    },

    /** Whether the package exists; no other transaction can delete it or add a plan to it until this one ends. */
    async existsForUpdate(organization: string, id: string): Promise<boolean> {
      return (await findOne<Row, true>(db(table).forUpdate(), { organization, id }, () => true)) ?? false;
    },

    /** The id of any package that contains the product. */
    async findIdByProduct(organization: string, productName: string): Promise<string | undefined> {
      const where = { organization, product_name: productName };
      return (await db<ProductRow>(productTable).where(where).first('package_id'))?.package_id;
    },

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists packages, ordered by id; `narrow` adds conditions of `createMonetizedNames`. */
    async list(
      organization: string,
      wanted: ListQuery,
      narrow = (_query: Knex.QueryBuilder) => {},
      size?: AnswerSize,
    ): Promise<Listed<Package>> {
      const query = db(table).where({ organization });
      narrow(query);
      const rows = { organization, query, order: ['id', 'asc'], size } as const;
      const { items, total } = await readList(rows, wanted, (row: Row) => row);
      return { items: await withProducts(db, organization, items, size), total };
    },

    async delete(organization: string, id: string): Promise<void> {
      await db<ProductRow>(productTable).where({ organization, package_id: id }).delete();
      await db<Row>(table).where({ organization, id }).delete();
    },
  };
}

/** Adds their products to packages, of some packages at a time: a package has up to 100. */
async function withProducts(
  db: Knex,
  organization: string,
  rows: readonly Row[],
  size?: AnswerSize,
): Promise<Package[]> {
  const packages: Package[] = [];
  const known = new Map<string, PackagedProduct>();
  for (const batch of batchesOf(rows, rowsAtOnce)) {
    await size?.turn();
    const ids = batch.map(({ id }) => id);
    const query = db<ProductRow>(productTable).where({ organization }).whereIn('package_id', ids);
    const pairs = await query.orderBy(['package_id', 'product_name']).select('package_id', 'product_name');
    const names = new Set(pairs.map(({ product_name }) => product_name)).difference(known);
    for (const some of batchesOf([...names], rowsAtOnce))
      for (const product of await createProductRepository(db).findMany(organization, some))
        known.set(product.name, toPackagedProduct(product));
    const products = new Map<string, PackagedProduct[]>(ids.map((id) => [id, []]));
    for (const { package_id, product_name } of pairs) {
      const product = known.get(product_name);
      if (!product) continue;
      size?.count(JSON.stringify(product).length);
      products.get(package_id)?.push(product);
    }
    packages.push(...batch.map((row) => toPackage(row, products.get(row.id) ?? [])));
  }
  return packages;
}

const toPackage = (row: Row, products: readonly PackagedProduct[]): Package => ({
  organization: row.organization,
  id: row.id,
  name: row.name,
  displayName: row.display_name,
  description: row.description,
  status: row.status,
  products,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
