import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RedeliveryCount, RedeliveryJob } from 'hookgate/client';
import { useApi } from './api.tsx';
import { type DeliveryFilter, searchOf, toApiFilter } from './delivery-filter.ts';

const rereadMs = 1000;

/** A filter with one condition at least, as the API wants it: this one holds for every delivery. */
const everything = { from: '1970-01-01' };

const conditionsOf = (filter: DeliveryFilter, now: number) => {
  const conditions = toApiFilter(filter, now);
  return Object.keys(conditions).length > 0 ? conditions : everything;
};

/** How many deliveries a redelivery would send again; spans end at `now` (milliseconds). */
export function useRedeliveryCount(filter: DeliveryFilter, now: number): UseQueryResult<RedeliveryCount> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'redelivery', 'count', searchOf(filter), now],
    queryFn: async () => {
      const body = { filter: conditionsOf(filter, now), dry_run: true };
      return (await client.call('createRedeliveryJob', { body })) as RedeliveryCount;
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}

/** Starts and cancels redelivery jobs. */
export function useRedeliveryCalls(): {
  start: (filter: DeliveryFilter, now: number) => Promise<RedeliveryJob>;
  cancel: (id: string) => Promise<void>;
} {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  return {
    start: async (filter, now) =>
      (await client.call('createRedeliveryJob', { body: { filter: conditionsOf(filter, now) } })) as RedeliveryJob,
    cancel: async (id) => {
      await client.call('cancelRedeliveryJob', { params: { path: { id } } });
      await cache.invalidateQueries({ queryKey: [organization, 'redelivery', 'job', id] });
    },
  };
}

/** A job, read again until it has ended. */
export function useRedeliveryJob(id: string | undefined): UseQueryResult<RedeliveryJob> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [organization, 'redelivery', 'job', id],
    queryFn: () => client.call('getRedeliveryJob', { params: { path: { id: id ?? '' } } }),
    enabled: id !== undefined,
    refetchInterval: ({ state: { data } }) => (data?.state === 'running' ? rereadMs : false),
  });
}
