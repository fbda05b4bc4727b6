import type { Database, Knex } from '../../database/database.ts';
import {
  allOrganizations,
  type DeliveryFilter,
  type DeliveryState,
  type DeliveryStatus,
  storedStatus,
  storedStatusOf,
} from '../model/delivery.ts';
import { attemptTable } from './attempt-rows.ts';
import { eventTable } from './event-repository.ts';
import { firstIdAt, idMarginMicros } from './id-times.ts';
import { noLease, notInFlight } from './lease-token.ts';
import { ofOrganization } from './organizations.ts';
import { deliveryTable, never, queueTable } from './queue-repository.ts';

const endpointIndex = `${deliveryTable}_endpoint_id_id`;
const organizationIndex = `${deliveryTable}_organization_status_id`;

/** Ids of an event's deliveries, both inclusive. */
interface IdRange {
  first: string;
  last: string;
}

export const everyState = Object.keys(storedStatus) as DeliveryState[];

/** A filter as the queries take it. */
export interface ResolvedFilter extends DeliveryFilter {
  ids: IdRange | undefined;
  /** Ids of the filter's times are this one or greater. */
  lowest?: string | undefined;
  /** Ids of the filter's times are less. */
  highest?: string | undefined;
  /** The organizations, of all, in which a page looks for a status. */
  organizations?: readonly string[];
}

export const joined = (db: Knex) => db(`${deliveryTable} as d`).leftJoin(`${queueTable} as q`, 'q.delivery_id', 'd.id');

/** Adds the last attempt of each delivery, as `a`. */
export const withLastAttempt = <Query extends Knex.QueryBuilder>(db: Knex, query: Query): Query =>
  query.leftJoin(`${attemptTable} as a`, (on) => {
    on.on('a.delivery_id', 'd.id').andOn('a.number', db.raw('coalesce(q.attempt_count, d.attempt_count)'));
  }) as Query;

/** Undefined when nothing can match: the event is unknown, the endpoint is of another organization, or none is left. */
export async function resolveFilter(db: Knex, filter: DeliveryFilter): Promise<ResolvedFilter | undefined> {
  const { organization, status, eventId, endpointId, endpointIds, error } = filter;
  const isOfOne = organization !== allOrganizations;
  if (endpointIds?.length === 0) return undefined;
  if (endpointId !== undefined && endpointIds && !endpointIds.includes(endpointId)) return undefined;
  const onlyEndpoint = endpointId ?? (endpointIds?.length === 1 ? endpointIds[0] : undefined);
  // Without this, cursor and count would tell of the rows of the endpoint.
  if (isOfOne && onlyEndpoint !== undefined && !(await hasDeliveries(db, organization, onlyEndpoint))) return undefined;
  const narrowed = {
    ...filter,
    lowest: filter.from === undefined ? undefined : firstIdAt(filter.from - idMarginMicros),
    highest: filter.to === undefined ? undefined : firstIdAt(filter.to + idMarginMicros),
    endpointId: onlyEndpoint,
    endpointIds: onlyEndpoint === undefined ? endpointIds : undefined,
    // Delivered ones have no error.
    states:
      error === undefined || status !== undefined
        ? filter.states
        : (filter.states ?? everyState).filter((state) => state !== 'delivered'),
  };
  if (eventId === undefined) return { ...narrowed, ids: undefined };
  const event: { id: string; last_id: string } | undefined = await ofOrganization(
    db(eventTable).where({ id: eventId }),
    organization,
  ).first('id', 'last_id');
  return event?.id === eventId ? { ...narrowed, ids: { first: event.id, last: event.last_id } } : undefined;
}

/** Whether the deliveries of an endpoint, which are of one organization, are of this one. */
async function hasDeliveries(db: Knex, organization: string, endpointId: string): Promise<boolean> {
  const newest = db(deliveryTable).where({ endpoint_id: endpointId }).orderBy('id', 'desc');
  const row: { organization: string } | undefined = await newest.first('organization');
  return row?.organization === organization;
}

/** Whether a condition is checked on each row. */
export const isScanned = ({ organization, status: _, states, ...others }: ResolvedFilter): boolean =>
  (organization === allOrganizations && states !== undefined) ||
  Object.values(others).some((value) => value !== undefined);

/** Whether a filter asks for a stored status and nothing else. */
export const isOfStatus = (filter: ResolvedFilter): filter is ResolvedFilter & { status: DeliveryStatus } =>
  filter.status !== undefined && filter.states === undefined && !isOfQueue(filter) && !isScanned(filter);

export const isOfQueue = ({ status }: ResolvedFilter): boolean =>
  status !== undefined && storedStatusOf(status) === storedStatus.open;

export function filtered(db: Knex, { useIndex }: Pick<Database, 'useIndex'>, filter: ResolvedFilter, time: number) {
  const { organization, organizations, status, states, endpointKinds, endpointId, endpointIds, type } = filter;
  const { from, to, ids } = filter;
  const query = ofOrganization(joined(db), organization, 'd.organization');
  // The servers sometimes prefer the index of the organization's rows, of which an endpoint may have few.
  if (endpointId !== undefined && !ids) query.from(db.raw(`${deliveryTable} as d${useIndex(endpointIndex)}`));
  if (organizations) {
    query.from(db.raw(`${deliveryTable} as d${useIndex(organizationIndex)}`));
    query.whereIn('d.organization', organizations);
  }
  if (states !== undefined)
    query.whereIn(
      'd.status',
      states.map((state) => storedStatus[state]),
    );
  if (endpointKinds !== undefined) query.whereIn('d.endpoint_kind', endpointKinds);
  if (status !== undefined) query.where('d.status', storedStatusOf(status));
  if (status === 'held') query.where('q.due_at', never);
  if (status === 'in_flight') query.where('q.lease_until', '>', time).where('q.lease_token', '>', noLease);
  if (status === 'pending') query.where('q.due_at', '<', never).whereRaw(notInFlight('q.'), time);
  if (endpointId !== undefined) query.where('d.endpoint_id', endpointId);
  if (endpointIds !== undefined) query.whereIn('d.endpoint_id', endpointIds);
  if (type !== undefined) query.where('d.type', type);
  if (from !== undefined) query.where('d.created_at', '>=', from);
  if (to !== undefined) query.where('d.created_at', '<', to);
  if (ids) query.whereBetween('d.id', [ids.first, ids.last]).where('d.event_id', ids.first);
  return byLastAttempt(db, query, filter);
}

function byLastAttempt<Query extends Knex.QueryBuilder>(db: Knex, query: Query, filter: ResolvedFilter): Query {
  const { error, lastStatus, urlHost } = filter;
  if (lastStatus !== undefined) query.whereRaw('coalesce(q.last_status, d.last_status) = ?', [lastStatus]);
  if (error === undefined && urlHost === undefined) return query;
  withLastAttempt(db, query);
  if (error !== undefined) query.where('a.error', error);
  if (urlHost !== undefined) {
    const host = urlHost.replace(/[!%_]/g, '!$&');
    const forms = ['http', 'https'].flatMap((scheme) => [`${scheme}://${host}/%`, `${scheme}://${host}:%`]);
    query.whereRaw(`(${forms.map(() => "a.url like ? escape '!'").join(' or ')})`, forms);
  }
  return query;
}
