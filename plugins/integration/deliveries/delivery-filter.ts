import { invalidField } from '../../../src/errors.ts';
import { allOrganizations, type DeliveryFilter, type Knex } from '../../../src/plugin.ts';
import { type FilterInput, toMicros } from './delivery-schemas.ts';
import type { EndpointNames } from './endpoint-names.ts';

const maxDistributors = 1000;

/**
 * The dispatcher's filter. Throws `VALIDATION_ERROR` for a node of all organizations, or with more than 1,000 distributors; `place`
 * has the filter: a query, or the member `filter` of a body.
 */
export async function toFilter(
  db: Knex,
  endpoints: EndpointNames,
  { organization, input, place }: { organization: string; input: FilterInput; place: 'query' | 'body' },
): Promise<DeliveryFilter> {
  const { status, endpoint, type, event, node, error, last_status: lastStatus, url_host: urlHost, from, to } = input;
  const invalidNode = (message: string) => invalidField(place === 'query' ? 'node' : 'filter.node', message, place);
  if (node !== undefined && organization === allOrganizations)
    throw invalidNode('is of one organization: name it in X-Organization');
  const endpointIds =
    node === undefined ? undefined : await endpoints.ofNode(db, organization, node, maxDistributors + 1);
  if (endpointIds && endpointIds.length > maxDistributors)
    throw invalidNode(`has more than ${maxDistributors} distributors; filter by "endpoint" instead`);
  return {
    organization,
    status,
    endpointId: endpoint,
    endpointIds,
    type,
    eventId: event,
    error,
    lastStatus,
    urlHost,
    from: toMicros(from),
    to: toMicros(to),
  };
}
