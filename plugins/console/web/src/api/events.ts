import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';
import { type DeliveryFilter, searchOf, toApiFilter } from './delivery-filter.ts';
import { pageSize, type RowFeed, useRowFeed } from './row-feed.ts';

/** An event in a list; read across organizations, it names its own. */
export type Event = components['schemas']['EventItem'];
export type EventWithDeliveries = components['schemas']['EventWithDeliveries'];

/** The filter of the list, as the address writes it. */
export type EventFilter = Pick<DeliveryFilter, 'type' | 'last' | 'from' | 'to'>;

/** The receivers of an event: one distributor, or the ones that subscribe to its type. */
export type EventTarget = { readonly kind: 'distributor'; readonly id: string } | { readonly kind: 'subscribers' };

export interface NewEvent {
  readonly type: string;
  readonly node: string | undefined;
  /** Numbers may be kept as they were written. */
  readonly data: Record<string, unknown>;
}

export interface SentEvent {
  /** Undefined: the answer does not name the event. */
  readonly id: string | undefined;
  readonly deliveries: readonly { readonly id: string; readonly distributor_id: string }[];
}

const key = (organization: string): readonly string[] => [organization, 'events'];

/** The events that match a filter. */
export function useEventFeed(filter: EventFilter): RowFeed<Event> {
  const { client, organization } = useApi();
  return useRowFeed({
    queryKey: [...key(organization), 'feed', searchOf(filter)],
    read: async ({ cursor, limit = pageSize }) => {
      const query = { ...toApiFilter(filter, Date.now()), limit, ...(cursor === undefined ? {} : { cursor }) };
      const { events: rows, next_cursor } = await client.call('listEvents', { params: { query } });
      return { rows, next_cursor };
    },
  });
}

const unsettled = new Set(['pending', 'in_flight']);
const rereadMs = 2000;

/** One event with its deliveries; read again until they are settled. */
export function useEvent(id: string): UseQueryResult<EventWithDeliveries> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [...key(organization), 'one', id],
    queryFn: () => client.call('getEvent', { params: { path: { id } } }),
    refetchInterval: ({ state: { data } }) =>
      data?.deliveries.some(({ status }) => unsettled.has(status)) ? rereadMs : false,
    staleTime: 0,
  });
}

/** The text of an event as the server wrote it: JavaScript's numbers would round some of its data's. */
export function useEventText(id: string): UseQueryResult<string> {
  const { client, organization } = useApi();
  return useQuery({
    queryKey: [...key(organization), 'text', id],
    queryFn: async () => (await client.fetch(`/api/v1/integration/events/${encodeURIComponent(id)}`)).text(),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function send({ client }: Api, to: EventTarget, { type, node, data }: NewEvent): Promise<SentEvent> {
  if (to.kind === 'distributor') {
    const { deliveries } = await client.call('sendEvent', { params: { path: { id: to.id } }, body: { type, data } });
    return { id: undefined, deliveries };
  }
  const body = { type, data, ...(node === undefined ? {} : { node_id: node }) };
  const { event, deliveries } = await client.call('publishEvent', { body });
  return { id: event.id, deliveries };
}

/** Sends an event. */
export function useSendEvent(to: EventTarget) {
  const api = useApi();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (event: NewEvent) => send(api, to, event),
    onSuccess: () => cache.invalidateQueries({ queryKey: [...key(api.organization), 'feed'] }),
  });
}

/** Sends a test event of a type, or an empty one; resolves to the id of its delivery. */
export function useSendTestEvent(distributor: string) {
  const { client } = useApi();
  return useMutation({
    mutationFn: async (type: string): Promise<string> => {
      const body = type === '' ? {} : { type };
      const { deliveries } = await client.call('sendTestEvent', { params: { path: { id: distributor } }, body });
      return deliveries[0]?.id ?? '';
    },
  });
}

/** Deliveries of an event that are sent again: the failed ones, all, or those of some endpoints. */
export type RedeliveryChoice = 'failed' | 'all' | readonly string[];

/** Sends deliveries of an event again; resolves to how many were queued and skipped. */
export function useRedeliverEvent(id: string) {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (choice: RedeliveryChoice) => {
      const to = typeof choice === 'string' ? choice : [...choice];
      return client.call('redeliverEvent', { params: { path: { id } }, body: { to } });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: [...key(organization), 'one', id] }),
  });
}
