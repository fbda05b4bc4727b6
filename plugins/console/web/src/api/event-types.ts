import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isHookgateError } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';
import type { EventType, EventTypeInput } from './event-type.ts';

const pageSize = 50;
/** As many are offered for a field. */
const offered = 100;

const key = (organization: string): readonly string[] => [organization, 'event-types'];

const readPage = ({ client }: Api, limit: number, cursor: string | undefined, signal: AbortSignal) => {
  const query = { limit, ...(cursor === undefined ? {} : { cursor }) };
  return client.call('listEventTypes', { params: { query }, signal });
};

/** Event types in the order of their names, page by page. */
export function useEventTypes() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...key(api.organization), 'list'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => readPage(api, pageSize, pageParam, signal),
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });
}

/** The first event types, to choose from; empty while they are loading or cannot be read. */
export function useOfferedEventTypes(): readonly EventType[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [...key(api.organization), 'offered'],
    queryFn: ({ signal }) => readPage(api, offered, undefined, signal),
  });
  return data?.event_types ?? [];
}

const textQuery = ({ client, organization }: Api, name: string) => ({
  queryKey: [...key(organization), 'text', name],
  queryFn: async () => (await client.fetch(pathOf(name))).text(),
  staleTime: 0,
  gcTime: 0,
});

/** An event type as the server wrote it: JavaScript's numbers would round some of its example's. */
export function useEventTypeText(name: string) {
  const api = useApi();
  return useQuery({ ...textQuery(api, name), refetchOnWindowFocus: false });
}

/** Reads an event type once, as `useEventTypeText` does. */
export function useReadEventType(): (name: string) => Promise<string> {
  const api = useApi();
  const cache = useQueryClient();
  return (name) => cache.fetchQuery(textQuery(api, name));
}

const pathOf = (name: string): string => `/api/v1/integration/event-types/${encodeURIComponent(name)}`;

/** Changes of the catalogue. Each resolves when the lists are up to date. */
export function useEventTypeChanges() {
  const { client, organization } = useApi();
  const cache = useQueryClient();
  const changed = (): Promise<void> => cache.invalidateQueries({ queryKey: key(organization) });
  return {
    /** Whether there is a type of this name. */
    async exists(name: string): Promise<boolean> {
      try {
        await client.call('getEventType', { params: { path: { name } } });
        return true;
      } catch (error) {
        if (isHookgateError(error) && error.status === 404) return false;
        throw error;
      }
    },
    save: useMutation({
      mutationFn: ({ name, input }: { name: string; input: EventTypeInput }) =>
        client.call('putEventType', { params: { path: { name } }, body: input }),
      onSuccess: changed,
    }),
    remove: useMutation({
      mutationFn: (name: string) => client.call('deleteEventType', { params: { path: { name } } }),
      onSuccess: changed,
    }),
  };
}
