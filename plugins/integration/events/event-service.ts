import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError, conflict, isApiError, notFound } from '../../../src/errors.ts';
import type { Clock, Dispatcher, Encryption, Knex, PageQuery, TimeFormat } from '../../../src/plugin.ts';
import { distributorKind } from '../distributors/distributor.ts';
import { createDistributorRepository, type Recipient } from '../distributors/distributor-repository.ts';
import { subscribersOf } from '../event-subscriptions/event-subscriptions.ts';
import type { Outcome } from '../shared-transactions.ts';
import { checkQueryOf, type EventContent, type EventInput, toContent } from './event-content.ts';

/** An event for one distributor. */
export interface AddressedEvent {
  organization: string;
  distributorId: string;
  event: EventInput;
}

/** An event for every distributor of the organization, or of a node, that subscribes to its type. */
export interface PublishedEvent {
  organization: string;
  nodeId?: string | undefined;
  event: EventInput;
}

export interface SentDelivery {
  id: string;
  distributor_id: string;
}

export interface Publication {
  id: string;
  /** Microseconds since 1970. */
  createdAt: number;
  deliveries: SentDelivery[];
}

export interface EventServiceParts {
  dispatcher: Dispatcher;
  encryption: Encryption;
  now: Clock;
  formatTime: TimeFormat;
}

/** A delivery: `id` is the distributor's. */
interface Addressed extends EventContent {
  organization: string;
  id: string;
  type: string;
  ordered: boolean;
}

const recipientsAtOnce = 250;

export type EventService = ReturnType<typeof createEventService>;

/** Sends events to distributors: one delivery of the event to each distributor. */
export function createEventService({ dispatcher, encryption, now, formatTime }: EventServiceParts) {
  const repository = (db: Knex) => createDistributorRepository(db, encryption);
  const refOf = (id: string) => ({ kind: distributorKind, id });

  /** Stores the deliveries of many events with one statement for each table. */
  async function enqueue(trx: Knex.Transaction, deliveries: readonly Addressed[]): Promise<SentDelivery[]> {
    const accepted = await dispatcher.enqueue(
      trx,
      deliveries.map(({ id, ...delivery }) => ({ ...delivery, endpoint: refOf(id) })),
    );
    return accepted.map(toSent);
  }

  /** The delivery of an event, or the error of this event. */
  function toDelivery(
    { organization, distributorId: id, event }: AddressedEvent,
    recipient: Recipient | undefined,
  ): Outcome<Addressed> {
    try {
      if (recipient?.organization !== organization) throw notFound('There is no such distributor.');
      if (!hasWebhook(recipient))
        throw conflict('DISTRIBUTOR_HAS_NO_WEBHOOK', 'The distributor has no webhook to send the event to.');
      const content = toContent(event, now(), formatTime);
      checkQueryOf(recipient, content.payload);
      return { organization, id, type: event.type, ordered: recipient.ordered, ...content };
    } catch (error) {
      if (isApiError(error)) return error;
      throw error;
    }
  }

  /** Reads in pages; the event loop turns between them. */
  async function subscribersWithWebhook(
    trx: Knex.Transaction,
    { organization, nodeId, event: { type } }: PublishedEvent,
  ): Promise<Recipient[]> {
    const recipients: Recipient[] = [];
    let page: PageQuery | undefined = { limit: recipientsAtOnce };
    while (page) {
      const { items, next } = await subscribersOf(trx, { organization, nodeId, type }, page);
      const found = items.length > 0 ? await repository(trx).findRecipients(items.map(({ id }) => id)) : new Map();
      for (const { id } of items) {
        const recipient = found.get(id);
        if (recipient?.organization === organization && hasWebhook(recipient)) recipients.push(recipient);
      }
      if (next !== undefined) await nextTurn();
      page = next === undefined ? undefined : { ...page, cursor: next };
    }
    return recipients;
  }

  return {
    /**
     * Sends many events, each to one distributor: its subscriptions do not count. An error of one event is its own result
     * and does not affect the others: `NOT_FOUND`, `DISTRIBUTOR_HAS_NO_WEBHOOK`, `PAYLOAD_TOO_LARGE`, or `VALIDATION_ERROR`
     * for data that the distributor's method cannot carry.
     */
    async sendToDistributors(
      trx: Knex.Transaction,
      events: readonly AddressedEvent[],
    ): Promise<Outcome<SentDelivery>[]> {
      const recipients = await repository(trx).findRecipients(events.map(({ distributorId }) => distributorId));
      const outcomes = events.map((event) => toDelivery(event, recipients.get(event.distributorId)));
      const sent = await enqueue(
        trx,
        outcomes.filter((outcome): outcome is Addressed => !(outcome instanceof ApiError)),
      );
      let next = 0;
      return outcomes.map((outcome) => (outcome instanceof ApiError ? outcome : (sent[next++] as SentDelivery)));
    },

    /**
     * Stores an event with a delivery to each distributor that subscribes to its type and has a webhook; possibly to none. Any
     * type: the gateway's own events come this way too. The delivery to a distributor whose method cannot carry the data fails at
     * its attempt: one distributor keeps an event from no other. Throws `PAYLOAD_TOO_LARGE`.
     */
    async publish(trx: Knex.Transaction, published: PublishedEvent): Promise<Publication> {
      const { organization, event } = published;
      const recipients = await subscribersWithWebhook(trx, published);
      const { eventId: id, payload, traceparent } = toContent(event, now(), formatTime);
      const { acceptedAt, deliveries } = await dispatcher.enqueueEvent(
        trx,
        { id, organization, type: event.type, payload, traceparent },
        recipients.map(({ id, ordered }) => ({ endpoint: refOf(id), ordered })),
      );
      return { id, createdAt: acceptedAt, deliveries: deliveries.map(toSent) };
    },
  };
}

const hasWebhook = ({ method, path }: Recipient): boolean => method !== null && path !== null;

const toSent = ({ id, endpoint }: { id: string; endpoint: { id: string } }): SentDelivery => ({
  id,
  distributor_id: endpoint.id,
});
