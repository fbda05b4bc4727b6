import { useQueries } from '@tanstack/react-query';
import type { EndpointStatistics } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';

export type { EndpointStatistics } from 'hookgate/client';

const refreshMs = 30_000;

async function load({ client }: Api, kind: 'webhook' | 'distributor', ids: readonly string[], signal: AbortSignal) {
  const query = { kind, endpoints: ids.join(',') };
  return (await client.call('listEndpointStatistics', { params: { query }, signal })).data;
}

/** Statistics of the last day by the id of the endpoint. Each batch, of 100 ids at most, is one call; an empty batch none. */
export function useEndpointStatistics(
  kind: 'webhook' | 'distributor',
  batches: readonly (readonly string[])[],
): ReadonlyMap<string, EndpointStatistics> {
  const api = useApi();
  return useQueries({
    queries: batches
      .filter((ids) => ids.length > 0)
      .map((ids) => ({
        queryKey: [api.organization, 'endpoint-statistics', kind, ids],
        queryFn: ({ signal }: { signal: AbortSignal }) => load(api, kind, ids, signal),
        refetchInterval: refreshMs,
      })),
    combine: byEndpoint,
  });
}

const byEndpoint = (batches: readonly { data: EndpointStatistics[] | undefined }[]) =>
  new Map(batches.flatMap(({ data = [] }) => data.map((each) => [each.endpoint.id, each] as const)));
