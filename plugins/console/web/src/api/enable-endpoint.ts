import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Api, useApi } from './api.tsx';
import type { EndpointKind } from './endpoint-secret.ts';
import type { EndpointStatistics } from './endpoint-statistics.ts';

/** A distributor's switch is one of its settings; the others stay. */
async function enableDistributor({ client }: Api, id: string, enabled: boolean): Promise<void> {
  await client.call('patchDistributorDelivery', { params: { path: { id } }, body: { enabled } });
}

async function enableWebhook({ client, organization: org_name }: Api, id: string, enabled: boolean): Promise<void> {
  await client.call('updateWebhook', { params: { path: { org_name, id } }, body: { enabled } });
}

const statisticsKey = (organization: string) => [organization, 'endpoint-statistics'];

/** Enables or disables a distributor. It is shown at once, and taken back when it fails. Changes of one take turns. */
export function useEnableDistributor(id: string, onError: (error: unknown) => void) {
  const api = useApi();
  const cache = useQueryClient();
  const { organization } = api;
  const key = statisticsKey(organization);
  const show = (enabled: boolean): void => {
    cache.setQueriesData<EndpointStatistics[]>({ queryKey: [...key, 'distributor'] }, (list) =>
      list?.map((each) => (each.endpoint.id === id ? { ...each, enabled } : each)),
    );
  };
  return useMutation({
    mutationKey: [organization, 'enable-distributor', id],
    scope: { id: `distributor ${organization} ${id}` },
    mutationFn: (enabled: boolean) => enableDistributor(api, id, enabled),
    onMutate: async (enabled) => {
      await cache.cancelQueries({ queryKey: key });
      show(enabled);
    },
    onError: (error, enabled) => {
      show(!enabled);
      onError(error);
    },
    onSettled: () => {
      if (cache.isMutating({ mutationKey: [organization, 'enable-distributor'] }) <= 1)
        void cache.invalidateQueries({ queryKey: key });
    },
  });
}

/** Enables an endpoint that was turned off; resolves when the lists are up to date. */
export function useEnableEndpoint(kind: EndpointKind, id: string) {
  const api = useApi();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => (kind === 'webhook' ? enableWebhook(api, id, true) : enableDistributor(api, id, true)),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: statisticsKey(api.organization) }),
        cache.invalidateQueries({ queryKey: [api.organization, 'webhooks'] }),
      ]),
  });
}
