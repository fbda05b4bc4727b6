import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { DataOf, operations } from 'hookgate/client';
import { useApi } from './api.tsx';

export type DistributorPage = DataOf<operations['listDistributors']>;
export type Distributor = DistributorPage['distributors'][number];

/** As a distributor is sent. `type`: 1 = Basic, 2 = token. */
export interface DistributorInput {
  readonly meta: {
    readonly host: string;
    readonly path: string;
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly authentication?:
      | { readonly type: 1; readonly username: string; readonly password: string }
      | { readonly type: 2; readonly token: string };
  } | null;
}

const pageSize = 50;
const listKey = (organization: string) => [organization, 'distributors', 'list'] as const;

/** The distributors of a node, or with an empty `node` of all nodes, newest first. */
export function useDistributors(node: string) {
  const { client, organization } = useApi();
  return useInfiniteQuery({
    queryKey: [...listKey(organization), node],
    initialPageParam: 1,
    queryFn: ({ pageParam: page, signal }): Promise<DistributorPage> => {
      const query = { page, per_page: pageSize };
      return node === ''
        ? client.call('listDistributors', { params: { query }, signal })
        : client.call('listNodeDistributors', { params: { path: { node_id: node }, query }, signal });
    },
    getNextPageParam: ({ page, total }) => (page * pageSize < total ? page + 1 : undefined),
  });
}

/** Saves a new distributor of `node`, or the known one with `id`. */
export function useSaveDistributor() {
  const { client, organization } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, node, input }: { id: string | undefined; node: string; input: DistributorInput }) =>
      id === undefined
        ? client.call('createDistributor', { params: { path: { node_id: node } }, body: input })
        : client.call('updateDistributor', { params: { path: { id } }, body: input }),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(organization) }),
  });
}

export function useDeleteDistributor() {
  const { client, organization } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.call('deleteDistributor', { params: { path: { id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(organization) }),
  });
}
