import type { ChangeListener, EndpointChange, Knex, TimeFormat } from '../../../src/plugin.ts';
import { subscribersOf } from '../event-subscriptions/event-subscriptions.ts';
import type { EventService } from '../events/event-service.ts';

/** Types of the gateway's own events. Failures of their deliveries are not reported. */
const types: Record<EndpointChange['change'], string> = {
  given_up: 'hookgate.delivery.failed',
  failing: 'hookgate.endpoint.failing',
  recovered: 'hookgate.endpoint.recovered',
  disabled: 'hookgate.endpoint.disabled',
};

/** Publishes what the dispatcher reports, in the organization of the endpoint. Without subscribers nothing is stored. */
export function createOperationalEvents(parts: {
  events: Pick<EventService, 'publish'>;
  formatTime: TimeFormat;
}): ChangeListener {
  const { events, formatTime } = parts;

  return async (trx, changes) => {
    const heard = new Map<string, boolean>();
    for (const change of changes) {
      const { organization } = change;
      const type = types[change.change];
      const isHeard = heard.get(type) ?? (await hasSubscriber(trx, organization, type));
      heard.set(type, isHeard);
      const event = { type, data: JSON.stringify(toData(change, formatTime)) };
      if (isHeard) await events.publish(trx, { organization, event });
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
