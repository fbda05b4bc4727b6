import { useQueries, useQuery } from '@tanstack/react-query';
import { type components, isHookgateError } from 'hookgate/client';
import { useApi } from './api.tsx';
import { type List, useListPages } from './list-pages.ts';

export type Webhook = components['schemas']['Webhook'];

const size = 50;

/** Webhooks whose name contains a text, in the order of their names, page by page. */
export function useWebhookSearch(name: string): List<Webhook> {
  const { client, organization } = useApi();
  async function load(page: number, signal: AbortSignal) {
    const query = { page, size, sort: 'name:asc' as const, ...(name === '' ? {} : { name }) };
    const answer = await client.call('listWebhooks', {
      params: { path: { org_name: organization }, query },
      signal,
    });
    return { items: answer.webhooks, total: answer.totalRecords };
  }
  return useListPages([organization, 'webhooks', 'choice', name], load, { keepsPrevious: true });
}

/** Whether the organization has a webhook; undefined while it is not known. */
export function useHasWebhook(enabled: boolean): boolean | undefined {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'webhooks', 'any'],
    queryFn: async ({ signal }) => {
      const path = { org_name: organization };
      return (await client.call('listWebhooks', { params: { path, query: { size: 1 } }, signal })).totalRecords > 0;
    },
    staleTime: 0,
    enabled,
  }).data;
}

/** Webhooks by id; null: deleted. Ids that are not loaded yet are missing. */
export function useWebhooksById(ids: readonly string[]): ReadonlyMap<string, Webhook | null> {
  const { client, organization } = useApi();
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: [organization, 'webhooks', 'by-id', id],
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Webhook | null> => {
        try {
          return await client.call('getWebhook', { params: { path: { org_name: organization, id } }, signal });
        } catch (error) {
          if (isHookgateError(error) && error.status === 404) return null;
          throw error;
        }
      },
      staleTime: 0,
    })),
    combine: (results) =>
      new Map(
        results.flatMap(({ data }, index) => {
          const id = ids[index];
          return data === undefined || id === undefined ? [] : [[id, data] as const];
        }),
      ),
  });
}
