import { findOne, type Knex } from '../../../src/plugin.ts';
import { toAttributes } from '../apigee/apigee-attributes.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { type KeyListQuery, readKeyList, readKeys } from '../apigee/apigee-keys.ts';
import { countRows, type Listed, type ListQuery, type OrderedRows, readList } from '../apigee/apigee-lists.ts';
import type { Product } from './product.ts';

interface Row {
  organization: string;
  name: string;
  display_name: string;
  kept: string;
  created_by: string | null;
  updated_by: string | null;
  created_at: number;
  updated_at: number;
}

const table = 'integration_products';

const byName = (organization: string, query: Knex.QueryBuilder): OrderedRows<Row> => ({
  organization,
  query,
  order: ['name', 'asc'],
});

/** Products by organization and name. */
export function createProductRepository(db: Knex) {
  return {
    async insert(product: Product): Promise<void> {
      const { organization, name, createdAt, createdBy } = product;
      await db<Row>(table).insert({
        ...{ organization, name, created_at: createdAt, created_by: createdBy },
        ...toChangeable(product),
      });
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
    async list(organization: string, wanted: KeyListQuery): Promise<Listed<Product>> {
      return readKeyList(byName(organization, db(table).where({ organization })), wanted, toProduct);
    },

    /** Lists products by pages, ordered by name; `narrow` adds conditions of `createMonetizedNames`. */
    async pages(
      organization: string,
      wanted: ListQuery,
      narrow = (_query: Knex.QueryBuilder) => {},
    ): Promise<Listed<Product>> {
      const query = db(table).where({ organization });
      narrow(query);
      return readList(byName(organization, query), wanted, toProduct);
    },

    /** The products of these names, in no order; at most one batch. */
    async findMany(organization: string, names: readonly string[]): Promise<Product[]> {
      const rows: Row[] = await db<Row>(table).where({ organization }).whereIn('name', names);
      return rows.map(toProduct);
    },

    /** Names in their order. */
    async names(organization: string, wanted: KeyListQuery): Promise<string[]> {
      const query = db(table).where({ organization }).select('name');
      return readKeys(byName(organization, query), wanted, ({ name }) => name);
    },

    /** At most `limit` products behind `after`, ordered by name. */
    async after(organization: string, after: string, limit: number): Promise<Product[]> {
      const rows: Row[] = await db<Row>(table)
        .where({ organization })
        .where('name', '>', after)
        .orderBy('name')
        .limit(limit);
      return rows.map(toProduct);
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

const toChangeable = ({ displayName, attributes, kept, updatedBy, updatedAt }: Product) => ({
  display_name: displayName,
  kept: toStoredJson('body', { ...kept, attributes }),
  updated_by: updatedBy,
  updated_at: updatedAt,
});

function toProduct(row: Row): Product {
  const { attributes, ...kept } = fromStoredKept(row.kept);
  return {
    organization: row.organization,
    name: row.name,
    displayName: row.display_name,
    attributes: toAttributes(attributes),
    kept,
    createdBy: row.created_by ?? '',
    updatedBy: row.updated_by ?? '',
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
