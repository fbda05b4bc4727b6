import { conflict, notFound } from '../../../src/errors.ts';
import type { Clock, Dispatcher, Encryption, Knex, TimeFormat } from '../../../src/plugin.ts';
import { distributorTestKind } from '../distributors/distributor.ts';
import { createDistributorRepository } from '../distributors/distributor-repository.ts';
import { createEventTypeRepository } from '../event-types/event-type-repository.ts';
import { checkQueryOf, type EventInput, toContent } from './event-content.ts';
import type { Publication } from './event-service.ts';

/** Type of a test event for which none was asked. */
export const testType = 'test';

export type SendTestEvent = ReturnType<typeof createTestEvents>;

/** Sends test events: one attempt with the example of a type, also to a distributor that is turned off. */
export function createTestEvents(parts: {
  dispatcher: Dispatcher;
  encryption: Encryption;
  now: Clock;
  formatTime: TimeFormat;
}) {
  const { dispatcher, encryption, now, formatTime } = parts;

  /**
   * Throws `NOT_FOUND`, `DISTRIBUTOR_HAS_NO_WEBHOOK`, `PAYLOAD_TOO_LARGE`, or `VALIDATION_ERROR` for an example that the method of
   * the distributor cannot carry.
   */
  return async (
    trx: Knex.Transaction,
    organization: string,
    distributorId: string,
    { type, traceparent }: Pick<EventInput, 'type' | 'traceparent'>,
  ): Promise<Publication> => {
    const recipients = await createDistributorRepository(trx, encryption).findRecipients([distributorId]);
    const recipient = recipients.get(distributorId);
    if (recipient?.organization !== organization) throw notFound('There is no such distributor.');
    if (recipient.method === null)
      throw conflict('DISTRIBUTOR_HAS_NO_WEBHOOK', 'The distributor has no webhook to send the event to.');
    const eventType = await createEventTypeRepository(trx).find(organization, type);
    const { eventId: id, payload } = toContent({ type, data: eventType?.example ?? '{}' }, now(), formatTime);
    checkQueryOf(recipient, payload);
    const endpoint = { kind: distributorTestKind, id: distributorId };
    const event = { id, organization, type, payload, traceparent };
    const { acceptedAt, deliveries } = await dispatcher.enqueueEvent(trx, event, [{ endpoint }]);
    return {
      ...{ id, createdAt: acceptedAt },
      deliveries: deliveries.map((delivery) => ({ id: delivery.id, distributor_id: distributorId })),
    };
  };
}
