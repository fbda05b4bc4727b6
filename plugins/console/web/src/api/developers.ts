import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type components, isHookgateError } from 'hookgate/client';
import { useApi } from './api.tsx';
import { expanded, type List, useListPages } from './list-pages.ts';

export type Developer = components['schemas']['Developer'];
export type DeveloperInput = components['schemas']['DeveloperInput'];
export type DeveloperChange = components['schemas']['DeveloperChange'];

const size = 200;

/** Developers by e-mail address, page by page. */
export function useDevelopers(): List<Developer> {
  const { client, organization } = useApi();
  return useListPages([organization, 'developers', 'list'], async (page, signal) => {
    const answer = expanded(
      await client.call('listDevelopers', {
        params: { path: { org_name: organization }, query: { expand: true, page, size } },
        signal,
      }),
    );
    return { items: answer.developer, total: answer.totalRecords };
  });
}

/** One developer; null: there is none with this address. */
export function useDeveloper(email: string) {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'developers', 'one', email],
    queryFn: async ({ signal }): Promise<Developer | null> => {
      try {
        return await client.call('getDeveloper', { params: { path: { org_name: organization, email } }, signal });
      } catch (error) {
        if (isHookgateError(error) && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** Changes of developers. Each resolves when the lists are up to date. */
export function useDeveloperChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  const changed = () => cache.invalidateQueries({ queryKey: [organization, 'developers'] });
  return {
    async create(body: DeveloperInput): Promise<void> {
      await client.call('createDeveloper', { params: { path: { org_name: organization } }, body });
      await changed();
    },
    async update(email: string, body: DeveloperChange): Promise<void> {
      await client.call('updateDeveloper', { params: { path: { org_name: organization, email } }, body });
      await changed();
    },
    async delete(email: string): Promise<void> {
      await client.call('deleteDeveloper', { params: { path: { org_name: organization, email } } });
      await changed();
    },
  };
}
