import { type QueryClient, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DataOf, operations } from 'hookgate/client';
import { useCallback, useState } from 'react';
import { type Api, useApi } from './api.tsx';

export type WebhookList = DataOf<operations['listWebhooks']>;
export type Webhook = WebhookList['webhooks'][number];

/** As many as fit into one call for their statistics. */
const pageSize = 50;

const listKey = (organization: string) => [organization, 'webhooks', 'list'] as const;

const pageQuery = ({ client, organization }: Api, name: string, page: number) => ({
  queryKey: [...listKey(organization), name, page],
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<WebhookList> =>
    client.call('listWebhooks', {
      params: {
        path: { org_name: organization },
        query: { page: page + 1, size: pageSize, ...(name === '' ? {} : { name }) },
      },
      signal,
    }),
});

/** The webhooks whose name contains `name`, newest first. Only the pages in view are loaded, the others are undefined. */
export function useWebhooks(name: string) {
  const api = useApi();
  const [{ from, to }, setPages] = useState({ from: 0, to: 0 });
  // The webhooks of the last search stay until those of the next one are there.
  const [shown, setShown] = useState(name);
  const isFound = !useQuery(pageQuery(api, name, 0)).isPending;
  if (isFound && shown !== name) setShown(name);
  // The first page is always there: it has the number of all webhooks while a page far below is loading.
  const pages = [0, ...Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((page) => page > 0)];
  const queries = useQueries({ queries: pages.map((page) => pageQuery(api, shown, page)) });
  const newest = queries.reduce((best, query) => (query.dataUpdatedAt > best.dataUpdatedAt ? query : best));
  const total = newest.data?.totalRecords;
  const rows = new Array<Webhook | undefined>(total ?? 0);
  queries.forEach(({ data }, index) => {
    const start = (pages[index] ?? 0) * pageSize;
    for (const [place, webhook] of data?.webhooks.entries() ?? [])
      if (start + place < rows.length) rows[start + place] = webhook;
  });
  return {
    /** The search that the rows are of. */
    name: shown,
    rows,
    /** Undefined until the first page is there. */
    total,
    loaded: queries.flatMap(({ data }, index) =>
      data && (pages[index] ?? 0) >= from ? [data.webhooks.map(({ id }) => id)] : [],
    ),
    error: queries.find(({ error }) => error)?.error,
    retry: () => {
      for (const { refetch, isError } of queries) if (isError) void refetch();
    },
    onRange: useCallback((first: number, last: number) => {
      const next = { from: Math.floor(first / pageSize), to: Math.floor(last / pageSize) };
      setPages((pages) => (pages.from === next.from && pages.to === next.to ? pages : next));
    }, []),
  };
}

/** Reads webhooks again, on other pages when these are opened; resolves when the ones in view are there. */
const reload = (queries: QueryClient, organization: string): Promise<void> =>
  queries.invalidateQueries({ queryKey: [organization, 'webhooks'] });

export interface WebhookInput {
  readonly name: string;
  readonly postUrl: string;
}

/** Saves a new webhook, enabled, or the name and address of a known one. */
export function useSaveWebhook() {
  const { client, organization: org_name } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name, postUrl }: WebhookInput & { id: string | undefined }): Promise<Webhook> =>
      id === undefined
        ? client.call('createWebhook', { params: { path: { org_name } }, body: { name, postUrl, enabled: true } })
        : client.call('updateWebhook', { params: { path: { org_name, id } }, body: { name, postUrl } }),
    onSuccess: () => reload(queries, org_name),
  });
}

/** Deletes a webhook, and cancels its unsettled deliveries. */
export function useDeleteWebhook() {
  const { client, organization: org_name } = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      client.call('deleteWebhook', { params: { path: { org_name, id }, query: { forceDelete: true } } }),
    onSuccess: () => reload(queries, org_name),
  });
}

/** Enables or disables a webhook. It is shown at once, and taken back when it fails. Changes of one webhook take turns. */
export function useEnableWebhook(id: string, onError: (error: unknown) => void) {
  const { client, organization: org_name } = useApi();
  const queries = useQueryClient();
  const show = (enabled: boolean): void => {
    queries.setQueriesData<WebhookList>(
      { queryKey: listKey(org_name) },
      (list) =>
        list && { ...list, webhooks: list.webhooks.map((each) => (each.id === id ? { ...each, enabled } : each)) },
    );
  };
  return useMutation({
    mutationKey: [org_name, 'enable-webhook', id],
    scope: { id: `webhook ${org_name} ${id}` },
    mutationFn: (enabled: boolean) =>
      client.call('updateWebhook', { params: { path: { org_name, id } }, body: { enabled } }),
    onMutate: async (enabled) => {
      await queries.cancelQueries({ queryKey: listKey(org_name) });
      show(enabled);
    },
    onError: (error, enabled) => {
      show(!enabled);
      onError(error);
    },
    onSettled: () => {
      if (queries.isMutating({ mutationKey: [org_name, 'enable-webhook'] }) <= 1) void reload(queries, org_name);
    },
  });
}
