import { findOne, type Knex } from '../../../src/plugin.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows, type Listed, type ListQuery, readList } from '../apigee/apigee-lists.ts';
import type { Product } from './product.ts';

interface Row {
  organization: string;
  name: string;
  display_name: string;
  kept: string;
  created_at: number;
  updated_at: number;
}

const table = 'integration_products';

/** Products by organization and name. */
export function createProductRepository(db: Knex) {
  return {
    async insert(product: Product): Promise<void> {
      const { organization, name, createdAt } = product;
      await db<Row>(table).insert({ organization, name, created_at: createdAt, ...toChangeable(product) });
    },

    find: (organization: string, name: string): Promise<Product | undefined> =>
      findOne(db(table), { organization, name }, toProduct),

    /** Finds a product and locks the row: no other transaction can change, delete or package the product. */
    findForUpdate: (organization: string, name: string): Promise<Product | undefined> =>
      findOne(db(table).forUpdate(), { organization, name }, toProduct),

    /** The names of the products that exist; no other transaction can delete them until this one ends. */
    async findNamesShared(organization: string, names: readonly string[]): Promise<Set<string>> {
      // Locks are taken in sorted order: two transactions cannot deadlock.
      const query = db<Row>(table).where({ organization }).whereIn('name', names).orderBy('name').forShare();
      return new Set((await query.select('name')).map(({ name }) => name));
    },

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists products, ordered by name. */
    async list(organization: string, wanted: ListQuery): Promise<Listed<Product>> {
      const { items, total } = await readList<Row>(db(table).where({ organization }), ['name', 'asc'], wanted);
      return { items: items.map(toProduct), total };
    },

    async update(product: Product): Promise<void> {
      const { organization, name } = product;
      await db<Row>(table).where({ organization, name }).update(toChangeable(product));
    },

    async delete({ organization, name }: Product): Promise<void> {
      await db<Row>(table).where({ organization, name }).delete();
    },
  };
}

const toChangeable = ({ displayName, kept, updatedAt }: Product) => ({
  display_name: displayName,
  kept: toStoredJson('body', kept),
  updated_at: updatedAt,
});

const toProduct = (row: Row): Product => ({
  organization: row.organization,
  name: row.name,
  displayName: row.display_name,
  kept: fromStoredKept(row.kept),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
