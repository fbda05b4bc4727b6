import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Api, useApi } from './api.tsx';

export type EndpointKind = 'webhook' | 'distributor';

function callsOf({ client, organization: org_name }: Api, kind: EndpointKind, id: string) {
  const ofWebhook = { params: { path: { org_name, id } } };
  const ofDistributor = { params: { path: { id } } };
  return kind === 'webhook'
    ? {
        read: () => client.call('getWebhookSecret', ofWebhook),
        rotate: () => client.call('rotateWebhookSecret', ofWebhook),
      }
    : {
        read: () => client.call('getDistributorSecret', ofDistributor),
        rotate: () => client.call('rotateDistributorSecret', ofDistributor),
      };
}

/** The signing secret of an endpoint; forgotten when it is no longer shown. */
export function useEndpointSecret(kind: EndpointKind, id: string) {
  const api = useApi();
  const queries = useQueryClient();
  const { read, rotate } = callsOf(api, kind, id);
  const queryKey = [api.organization, 'endpoint-secret', kind, id];
  const secret = useQuery({ queryKey, queryFn: read, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 });
  const rotation = useMutation({
    mutationFn: rotate,
    onSuccess: (rotated) => queries.setQueryData(queryKey, rotated),
    gcTime: 0,
  });
  return { secret, rotation };
}
