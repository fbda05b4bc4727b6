import { useQuery } from '@tanstack/react-query';
import type { DataOf, operations } from 'hookgate/client';
import { useApi } from './api.tsx';

export type Target = DataOf<operations['listTargets']>['data'][number];

const refreshMs = 5000;

/** The targets of the gateway with their figures of the last minute. */
export function useTargets() {
  const { client } = useApi();
  return useQuery({
    queryKey: ['targets'],
    queryFn: ({ signal }) => client.call('listTargets', { signal }),
    refetchInterval: refreshMs,
  });
}
