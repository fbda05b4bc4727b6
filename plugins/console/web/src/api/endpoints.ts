import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type Api, useApi } from './api.tsx';
import { readDeliveries } from './deliveries.ts';
import { readers } from './delivery-filter.ts';

/** A webhook or distributor, as choices show it. */
export interface EndpointOption {
  readonly id: string;
  readonly kind: 'webhook' | 'distributor';
  /** The webhook's name, or the distributor's node. */
  readonly name: string;
  readonly url: string | null;
}

const most = 20;
/** Distributors have no search: the first ones are looked through. */
const distributorsLookedThrough = 100;

interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly postUrl: string;
}
interface Distributor {
  readonly id: string;
  readonly node_id: string;
  readonly meta: { readonly host: string; readonly path: string } | null;
}

const ofWebhook = ({ id, name, postUrl: url }: Webhook): EndpointOption => ({ id, kind: 'webhook', name, url });
const ofDistributor = ({ id, node_id: name, meta }: Distributor): EndpointOption => {
  return { id, kind: 'distributor', name, url: meta && meta.host + meta.path };
};

async function listMatches({ client, organization }: Api, text: string): Promise<EndpointOption[]> {
  const path = { org_name: organization };
  const query = { page: 1, size: most, ...(text === '' ? {} : { name: text }) };
  const [{ webhooks }, { distributors }] = await Promise.all([
    client.call('listWebhooks', { params: { path, query } }),
    client.call('listDistributors', { params: { query: { page: 1, per_page: distributorsLookedThrough } } }),
  ]);
  const wanted = text.toLowerCase();
  const fitting = distributors
    .map(ofDistributor)
    .filter(({ name, url }) => [name, url ?? ''].some((value) => value.toLowerCase().includes(wanted)));
  return [...webhooks.map(ofWebhook), ...fitting.slice(0, most)];
}

/** The distributors of the node with this id, or the endpoint with it, which may be deleted. */
async function findById(api: Api, id: string): Promise<EndpointOption[]> {
  const params = { path: { node_id: id }, query: { page: 1, per_page: most } };
  const { distributors } = await api.client.call('listNodeDistributors', { params });
  return distributors.length > 0 ? distributors.map(ofDistributor) : [await readName(api, id)];
}

const searchEndpoints = (api: Api, text: string): Promise<EndpointOption[]> => {
  const id = readers.endpoint(text);
  return id === undefined ? listMatches(api, text) : findById(api, id);
};

/** Webhooks whose name contains the text, and distributors whose node or URL does; an id finds its own. */
export function useEndpointSearch(text: string): UseQueryResult<EndpointOption[]> {
  const api = useApi();
  return useQuery({
    queryKey: [api.organization, 'endpoints', 'search', text],
    queryFn: () => searchEndpoints(api, text),
    placeholderData: keepPreviousData,
  });
}

/** An endpoint as its deliveries name it; its id is its name where it has none, or is deleted. */
async function readName(api: Api, id: string): Promise<EndpointOption> {
  const [delivery] = (await readDeliveries(api, { endpoint: id }, { limit: 1 })).deliveries;
  const kind = delivery?.endpoint.kind === 'distributor' ? 'distributor' : 'webhook';
  return { id, kind, name: delivery?.endpoint_name ?? id, url: delivery?.url ?? null };
}

/** The endpoint of an id, which may be among the known ones. */
export function useEndpointName(id: string | undefined, known: readonly EndpointOption[]): EndpointOption | null {
  const api = useApi();
  const listed = known.find((option) => option.id === id);
  const { data } = useQuery({
    queryKey: [api.organization, 'endpoints', 'one', id],
    queryFn: () => readName(api, id ?? ''),
    enabled: id !== undefined && listed === undefined,
    staleTime: 60_000,
  });
  if (id === undefined) return null;
  return listed ?? data ?? { id, kind: 'webhook', name: id, url: null };
}
