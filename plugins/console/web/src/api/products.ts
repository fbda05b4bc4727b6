import { useQueryClient } from '@tanstack/react-query';
import type { components } from 'hookgate/client';
import { useApi } from './api.tsx';
import { expanded, type List, useWholeList } from './list-pages.ts';

export type Product = components['schemas']['Product'];
type ProductInput = Pick<Product, 'name' | 'displayName'>;

const size = 500;

/** All products, by name. */
export function useProducts(): List<Product> {
  const { client, organization } = useApi();
  return useWholeList([organization, 'products'], async (page, signal) => {
    const answer = expanded(
      await client.call('listProducts', {
        params: { path: { org_name: organization }, query: { expand: true, page, size } },
        signal,
      }),
    );
    return { items: answer.apiProduct, total: answer.totalRecords };
  });
}

/** Changes of products. Each resolves when the list is up to date. */
export function useProductChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  async function changed(): Promise<void> {
    // Packages show the names of their products.
    await Promise.all([
      cache.invalidateQueries({ queryKey: [organization, 'products'] }),
      cache.invalidateQueries({ queryKey: [organization, 'packages'] }),
    ]);
  }
  return {
    async create(body: ProductInput): Promise<void> {
      await client.call('createProduct', { params: { path: { org_name: organization } }, body });
      await changed();
    },
    async rename({ name }: Product, displayName: string): Promise<void> {
      await client.call('updateProduct', { params: { path: { org_name: organization, name } }, body: { displayName } });
      await changed();
    },
    async delete({ name }: Product): Promise<void> {
      await client.call('deleteProduct', { params: { path: { org_name: organization, name } } });
      await changed();
    },
  };
}
