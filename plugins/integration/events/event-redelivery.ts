import { invalidField, isApiError } from '../../../src/errors.ts';
import type { DeliveryView, Dispatcher, EndpointRef, EventDeliveries, Knex } from '../../../src/plugin.ts';
import { shownEndpoint } from '../deliveries/delivery-view.ts';
import type { EndpointNames } from '../deliveries/endpoint-names.ts';
import type { RedeliveredTo, skipReasons } from './event-log-schemas.ts';

export interface EventRedelivery {
  deliveries: { id: string; endpoint: EndpointRef }[];
  skipped: { delivery_id: string | null; endpoint_id: string; reason: (typeof skipReasons)[number] }[];
}

const mostAtOnce = 1000;

export type RedeliverEvent = ReturnType<typeof createEventRedelivery>;

/** Sends the deliveries of one event again, under their own ids. */
export function createEventRedelivery({
  dispatcher: { events, deliveries },
  endpoints,
}: {
  dispatcher: Pick<Dispatcher, 'events' | 'deliveries'>;
  endpoints: Pick<EndpointNames, 'existing'>;
}) {
  /** The reason why a delivery cannot be sent again now; undefined if it is sent. */
  async function redeliver(trx: Knex.Transaction, organization: string, id: string) {
    try {
      await deliveries.redeliver(trx, organization, id);
      return undefined;
    } catch (error) {
      if (!isApiError(error)) throw error;
      return error.code as (typeof skipReasons)[number];
    }
  }

  async function existing(trx: Knex, organization: string, found: readonly DeliveryView[]): Promise<Set<string>> {
    const ids = [...new Set(found.map(({ endpoint }) => endpoint.id))];
    return new Set((await endpoints.existing(trx, organization, ids)).map(({ id }) => id));
  }

  /** Throws `NOT_FOUND`, or `VALIDATION_ERROR` for more than 1,000 deliveries. */
  return async (
    trx: Knex.Transaction,
    organization: string,
    eventId: string,
    to: RedeliveredTo,
  ): Promise<EventRedelivery> => {
    await events.read(trx, organization, eventId);
    const wanted: EventDeliveries = {
      ...{ organization, eventId, states: to === 'failed' ? ['failed'] : undefined },
      endpointIds: typeof to === 'string' ? undefined : to,
    };
    const found = await events.deliveries(trx, wanted, mostAtOnce + 1);
    if (found.length > mostAtOnce)
      throw invalidField(
        'to',
        `selects more than ${mostAtOnce} deliveries: redeliver by a filter with this event instead`,
      );
    const present = await existing(trx, organization, found);
    const result: EventRedelivery = { deliveries: [], skipped: [] };
    for (const { id, endpoint } of found) {
      const reason = present.has(endpoint.id) ? await redeliver(trx, organization, id) : 'ENDPOINT_GONE';
      if (reason === undefined) result.deliveries.push({ id, endpoint: shownEndpoint(endpoint) });
      else result.skipped.push({ delivery_id: id, endpoint_id: endpoint.id, reason });
    }
    const reached = new Set(found.map(({ endpoint }) => endpoint.id));
    for (const id of typeof to === 'string' ? [] : to)
      if (!reached.has(id)) result.skipped.push({ delivery_id: null, endpoint_id: id, reason: 'NOT_FOUND' });
    return result;
  };
}
