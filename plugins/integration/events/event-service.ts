import { randomUUIDv7 } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError, conflict, invalidField, notFound, payloadTooLarge } from '../../../src/errors.ts';
import { type Clock, type Dispatcher, type Encryption, type Knex, queryOf } from '../../../src/plugin.ts';
import { distributorKind } from '../distributors/distributor.ts';
import { createDistributorRepository, type Recipient } from '../distributors/distributor-repository.ts';
import type { Outcome } from '../shared-transactions.ts';

export interface EventInput {
  type: string;
  /** An object as JSON text, in the notation of the caller. */
  data: string;
}

/** An event for one distributor. */
export interface AddressedEvent {
  organization: string;
  distributorId: string;
  event: EventInput;
}

export interface SentDelivery {
  id: string;
  distributor_id: string;
}

export interface EventServiceParts {
  dispatcher: Dispatcher;
  encryption: Encryption;
  now: Clock;
  formatTime: (micros: number) => string;
}

/** A delivery: `id` is the distributor's. */
interface Addressed {
  organization: string;
  id: string;
  type: string;
  payload: string;
}

export const maxPayloadBytes = 256 * 1024;
const maxQueryBytes = 8 * 1024;
const withoutBody = new Set(['GET', 'DELETE']);
const recipientsAtOnce = 250;
/** Checked paths between two turns of the event loop. */
const pathsAtOnce = 50;

export type EventService = ReturnType<typeof createEventService>;

/** Sends events to distributors: one delivery of the event to each distributor. */
export function createEventService({ dispatcher, encryption, now, formatTime }: EventServiceParts) {
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  /** Throws `PAYLOAD_TOO_LARGE`. */
  function toPayload({ type, data }: EventInput): string {
    const head = JSON.stringify({ id: randomUUIDv7(), type, timestamp: formatTime(now()) });
    const payload = `${head.slice(0, -1)},"data":${data}}`;
    if (Buffer.byteLength(payload) > maxPayloadBytes) throw payloadTooLarge(maxPayloadBytes);
    return payload;
  }

  /** Stores the deliveries of many events with one statement for each table. */
  async function enqueue(trx: Knex.Transaction, deliveries: readonly Addressed[]): Promise<SentDelivery[]> {
    const accepted = await dispatcher.enqueue(
      trx,
      deliveries.map(({ organization, id, type, payload }) => ({
        organization,
        endpoint: { kind: distributorKind, id },
        type,
        payload,
      })),
    );
    return accepted.map(({ id, endpoint }) => ({ id, distributor_id: endpoint.id }));
  }

  /** The delivery of an event, or the error of this event. */
  function toDelivery(
    { organization, distributorId: id, event }: AddressedEvent,
    recipient: Recipient | undefined,
  ): Outcome<Addressed> {
    try {
      if (recipient?.organization !== organization) throw notFound('There is no such distributor.');
      const { method, path } = recipient;
      if (method === null || path === null)
        throw conflict('DISTRIBUTOR_HAS_NO_WEBHOOK', 'The distributor has no webhook to send the event to.');
      const payload = toPayload(event);
      if (withoutBody.has(method)) checkQuery(queryOf(payload), path);
      return { organization, id, type: event.type, payload };
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  /** Reads in pages; the event loop turns between them. */
  async function recipientsOf(trx: Knex.Transaction, organization: string, nodeId: string): Promise<Recipient[]> {
    const recipients: Recipient[] = [];
    for (let after = ''; ; ) {
      const page = await repository(trx).findRecipientsOfNode(organization, nodeId, after, recipientsAtOnce);
      recipients.push(...page);
      await nextTurn();
      if (page.length < recipientsAtOnce) return recipients;
      after = page.at(-1)?.id ?? '';
    }
  }

  return {
    /**
     * Sends many events, each to one distributor. An error of one event is its own result and does not affect the
     * others: `NOT_FOUND`, `DISTRIBUTOR_HAS_NO_WEBHOOK`, `PAYLOAD_TOO_LARGE`, or `VALIDATION_ERROR` for data that the
     * distributor's method cannot carry.
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

    /** Sends an event to all distributors of the node that have a webhook; possibly to none. */
    async sendToNode(
      trx: Knex.Transaction,
      organization: string,
      nodeId: string,
      event: EventInput,
    ): Promise<SentDelivery[]> {
      const recipients = await recipientsOf(trx, organization, nodeId);
      const payload = toPayload(event);
      await checkQueries(payload, recipients);
      return enqueue(
        trx,
        recipients.map(({ id }) => ({ organization, id, type: event.type, payload })),
      );
    },
  };
}

/** Checks every distinct path of the recipients that get the event in a query string. */
async function checkQueries(payload: string, recipients: readonly Recipient[]): Promise<void> {
  const paths = recipients.flatMap(({ method, path }) =>
    method !== null && path !== null && withoutBody.has(method) ? [path] : [],
  );
  if (paths.length === 0) return;
  const fields = queryOf(payload);
  for (const [index, path] of [...new Set(paths)].entries()) {
    if (index % pathsAtOnce === pathsAtOnce - 1) await nextTurn();
    checkQuery(fields, path);
  }
}

/** Throws `VALIDATION_ERROR` when the fields do not fit into a query string behind the path's own query. */
function checkQuery(fields: readonly (readonly [name: string, value: string])[], path: string): void {
  const { searchParams } = new URL(path, 'http://path.invalid');
  const seen = new Set(searchParams.keys());
  for (const [name, value] of fields) {
    if (seen.has(name))
      throw invalidField(
        `data.${name}`,
        'duplicates a parameter of the query string in which a GET or DELETE carries the event',
      );
    if (!name.isWellFormed() || !value.isWellFormed())
      throw invalidField(`data.${name}`, 'has half of a surrogate pair, which a GET or DELETE cannot carry');
    seen.add(name);
  }
  for (const [name, value] of fields) searchParams.append(name, value);
  const size = Buffer.byteLength(searchParams.toString());
  if (size > maxQueryBytes)
    throw invalidField('data', `results in a query of ${size} bytes; a GET or DELETE carries at most ${maxQueryBytes}`);
}
