import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Api, useApi } from './api.tsx';
import type { DeliverySettings, TaggedSettings } from './delivery-settings.ts';
import type { EndpointKind } from './endpoint-secret.ts';

interface Answered {
  readonly data: DeliverySettings;
  readonly response: Response;
}

const toTagged = ({ data: settings, response }: Answered): TaggedSettings => ({
  settings,
  tag: response.headers.get('etag'),
});

const distributorPath = '/api/v1/integration/distributors/{id}/delivery';
const webhookPath = '/v1/mint/organizations/{org_name}/webhooks/{id}/delivery';

/** The settings of an endpoint; values of headers are masked. */
async function readSettings(
  { client, organization: org_name }: Api,
  kind: EndpointKind,
  id: string,
): Promise<TaggedSettings> {
  return toTagged(
    kind === 'webhook'
      ? await client.GET(webhookPath, { params: { path: { org_name, id } } })
      : await client.GET(distributorPath, { params: { path: { id } } }),
  );
}

/** Replaces the settings. Rejects with 412 when they are not those of the tag any more. */
async function writeSettings(
  { client, organization: org_name }: Api,
  kind: EndpointKind,
  id: string,
  { settings, tag }: TaggedSettings,
): Promise<TaggedSettings> {
  const headers: Record<string, string> = tag === null ? {} : { 'If-Match': tag };
  const { headers: own, retry_schedule: schedule, event_types: types, ...others } = settings;
  const body = { ...others, headers: { ...own }, retry_schedule: schedule && [...schedule] };
  return toTagged(
    kind === 'webhook'
      ? await client.PUT(webhookPath, { params: { path: { org_name, id } }, body, headers })
      : await client.PUT(distributorPath, {
          params: { path: { id } },
          body: types === undefined ? body : { ...body, event_types: [...types] },
          headers,
        }),
  );
}

/** The delivery settings of an endpoint, read again by request alone: a form is open on them. */
export function useDeliverySettings(kind: EndpointKind, id: string) {
  const api = useApi();
  return useQuery({
    queryKey: [api.organization, 'delivery-settings', kind, id],
    queryFn: () => readSettings(api, kind, id),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  });
}

/** Replaces the settings; rejects with `PRECONDITION_FAILED` when they were changed since they were read. */
export function useSaveDeliverySettings(kind: EndpointKind, id: string) {
  const api = useApi();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (changed: TaggedSettings) => writeSettings(api, kind, id, changed),
    onSuccess: () => cache.invalidateQueries({ queryKey: [api.organization, 'endpoint-statistics'] }),
  });
}
