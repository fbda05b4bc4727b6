import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Delivery, DeliveryPage, DeliveryWithAttempts } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';
import { type DeliveryFilter, searchOf, toApiFilter } from './delivery-filter.ts';
import { type PagePlace, pageSize, type RowFeed, useRowFeed } from './row-feed.ts';

export type DeliveryFeed = RowFeed<Delivery>;

/** One page, newest first, from below `cursor`. It may be empty although others follow. */
export async function readDeliveries(
  { client }: Api,
  filter: DeliveryFilter,
  { cursor, limit = pageSize }: PagePlace = {},
): Promise<DeliveryPage> {
  const query = { ...toApiFilter(filter, Date.now()), limit, ...(cursor === undefined ? {} : { cursor }) };
  return client.call('listDeliveries', { params: { query } });
}

/** The deliveries that match a filter. */
export function useDeliveryFeed(filter: DeliveryFilter): DeliveryFeed {
  const api = useApi();
  return useRowFeed({
    queryKey: [api.organization, 'deliveries', 'feed', searchOf(filter)],
    read: async (place) => {
      const { deliveries: rows, next_cursor } = await readDeliveries(api, filter, place);
      return { rows, next_cursor };
    },
  });
}

export const deliveryKey = (organization: string, id: string): readonly string[] => [
  organization,
  'deliveries',
  'one',
  id,
];

const soonMs = 5000;
const fastMs = 1000;
const calmMs = 5000;

/** When a delivery is worth reading again; false: it is settled. */
function rereadAfter({ status, next_attempt_at: next }: Delivery): number | false {
  if (status === 'in_flight') return fastMs;
  if (status === 'held') return calmMs;
  if (status !== 'pending') return false;
  return next !== null && Date.parse(next) - Date.now() < soonMs ? fastMs : calmMs;
}

/** One delivery with its attempts; read again until it is settled. */
export function useDelivery(id: string): UseQueryResult<DeliveryWithAttempts> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: deliveryKey(organization, id),
    queryFn: () => client.call('getDelivery', { params: { path: { id } } }),
    refetchInterval: ({ state: { data } }) => (data ? rereadAfter(data) : false),
    staleTime: 0,
  });
}

/** The text of a delivery as the server wrote it: JavaScript's numbers would round some of the payload's. */
export function useDeliveryText(id: string): UseQueryResult<string> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [...deliveryKey(organization, id), 'text'],
    queryFn: async () => (await client.fetch(`/api/v1/integration/deliveries/${id}`)).text(),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
