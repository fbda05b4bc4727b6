import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { useApi } from '../api/api.tsx';
import { formatNumber } from '../format/format.ts';
import * as m from '../texts/messages.js';

/** The API counts no further. */
const mostCounted = 10_000;

/** Says how many deliveries end with their endpoint. */
export function WaitingDeliveries({ id }: { id: string }): JSX.Element {
  const { client, organization } = useApi();
  const { data, isPending } = useQuery({
    queryKey: [organization, 'waiting-deliveries', id],
    queryFn: () => client.call('listEndpointStatistics', { params: { query: { endpoints: id } } }),
    staleTime: 0,
    gcTime: 0,
  });
  if (isPending) return <p role="status">{m.endpoint_delete_counting()}</p>;
  if (!data) return <p>{m.endpoint_delete_unknown()}</p>;
  const count = data.data.reduce((sum, { waiting }) => sum + waiting, 0);
  if (count === 0) return <p>{m.endpoint_delete_idle()}</p>;
  const text = formatNumber(count);
  const isPartial = data.data.some(({ waiting }) => waiting >= mostCounted);
  return <p>{isPartial ? m.endpoint_delete_at_least({ text }) : m.endpoint_delete_waiting({ count, text })}</p>;
}
