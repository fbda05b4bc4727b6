import { isApiError } from '../../../src/errors.ts';
import type { ChangeListener, EndpointChange, Knex, PageQuery, TimeFormat } from '../../../src/plugin.ts';
import { subscribersOf } from '../event-subscriptions/event-subscriptions.ts';
import type { EventInput } from '../events/event-content.ts';
import type { EventService } from '../events/event-service.ts';

/** Types of the gateway's own events. Failures of their deliveries are not reported. */
const types: Record<EndpointChange['change'], string> = {
  given_up: 'hookgate.delivery.failed',
  failing: 'hookgate.endpoint.failing',
  recovered: 'hookgate.endpoint.recovered',
  disabled: 'hookgate.endpoint.disabled',
};

const recipientsAtOnce = 250;

/** Publishes what the dispatcher reports, in the organization of the endpoint. Without subscribers nothing is stored. */
export function createOperationalEvents(parts: {
  events: Pick<EventService, 'publish' | 'sendToDistributors'>;
  formatTime: TimeFormat;
}): ChangeListener {
  const { events, formatTime } = parts;

  async function publish(trx: Knex.Transaction, organization: string, event: EventInput): Promise<void> {
    try {
      await events.publish(trx, { organization, event });
    } catch (error) {
      if (!isApiError(error)) throw error;
      // A distributor whose query string cannot carry the event must not keep it from the others.
      await sendToEach(trx, organization, event);
    }
  }

  async function sendToEach(trx: Knex.Transaction, organization: string, event: EventInput): Promise<void> {
    let page: PageQuery | undefined = { limit: recipientsAtOnce };
    while (page) {
      const { items, next } = await subscribersOf(trx, { organization, type: event.type }, page);
      await events.sendToDistributors(
        trx,
        items.map(({ id }) => ({ organization, distributorId: id, event })),
      );
      page = next === undefined ? undefined : { ...page, cursor: next };
    }
  }

  return async (trx, changes) => {
    const heard = new Map<string, boolean>();
    for (const change of changes) {
      const { organization } = change;
      const type = types[change.change];
      const isHeard = heard.get(type) ?? (await hasSubscriber(trx, organization, type));
      heard.set(type, isHeard);
      if (isHeard) await publish(trx, organization, { type, data: JSON.stringify(toData(change, formatTime)) });
    }
  };
}

async function hasSubscriber(trx: Knex, organization: string, type: string): Promise<boolean> {
  return (await subscribersOf(trx, { organization, type }, { limit: 1 })).items.length > 0;
}

function toData(change: EndpointChange, formatTime: TimeFormat) {
  const { endpoint, error, status } = change;
  const common = { endpoint: { ...endpoint, host: endpoint.host || null } };
  if (change.change === 'given_up') {
    const { id, eventId, type } = change.delivery;
    return {
      ...common,
      ...{ delivery_id: id, event_id: eventId ?? null, type, failed_at: formatTime(change.at) },
      ...{ attempts: change.attempts, last_error: error, last_status: status ?? null },
    };
  }
  return {
    ...common,
    ...{ since: formatTime(change.since), changed_at: formatTime(change.at) },
    ...{ failures: change.failures, last_error: error, last_status: status ?? null },
  };
}
