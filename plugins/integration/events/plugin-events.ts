import type { Publisher } from '../../../src/plugin.ts';
import type { EventChecks } from '../event-types/event-checks.ts';
import type { EventService } from './event-service.ts';

/** Publishes events of plugins like those of callers, in the plugin's transaction. */
export const createPublisher =
  ({ events, checks }: { events: Pick<EventService, 'publish'>; checks: Pick<EventChecks, 'check'> }): Publisher =>
  async (trx, { organization, nodeId, type, data, traceparent }) => {
    const text = JSON.stringify(data);
    await checks.check((work) => work(trx), { organization, type, data: text });
    const node = nodeId?.toLowerCase();
    const { id } = await events.publish(trx, { organization, nodeId: node, event: { type, data: text, traceparent } });
    return { id };
  };
