import type { Knex } from '../../../src/plugin.ts';

interface Row {
  organization: string;
  package_id: string;
  product_name: string;
}

const table = 'integration_package_products';

/** The products of single packages. */
export function createPackageProductRepository(db: Knex) {
  return {
    /** The names of the package's products, in their order. */
    names: (organization: string, packageId: string): Promise<string[]> =>
      db<Row>(table).where({ organization, package_id: packageId }).orderBy('product_name').pluck('product_name'),

    async insert(organization: string, packageId: string, productName: string): Promise<void> {
      await db<Row>(table).insert({ organization, package_id: packageId, product_name: productName });
    },

    async delete(organization: string, packageId: string, productName: string): Promise<void> {
      await db<Row>(table).where({ organization, package_id: packageId, product_name: productName }).delete();
    },
  };
}
