import { randomUUIDv7 } from 'node:crypto';
import { conflict, invalidField, notFound, payloadTooLarge } from '../../../src/errors.ts';
import { type Clock, type Dispatcher, type Encryption, type Knex, queryOf } from '../../../src/plugin.ts';
import { type Distributor, distributorKind } from '../distributors/distributor.ts';
import { createDistributorRepository } from '../distributors/distributor-repository.ts';

export interface EventInput {
  type: string;
  data: Record<string, unknown>;
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

const maxPayloadBytes = 256 * 1024;
const maxQueryBytes = 8 * 1024;
const withoutBody = new Set(['GET', 'DELETE']);

export type EventService = ReturnType<typeof createEventService>;

/** Sends events to distributors: one delivery of the event to each distributor. */
export function createEventService({ dispatcher, encryption, now, formatTime }: EventServiceParts) {
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  async function send(
    trx: Knex.Transaction,
    distributors: readonly Distributor[],
    event: EventInput,
  ): Promise<SentDelivery[]> {
    const payload = JSON.stringify({
      id: randomUUIDv7(),
      type: event.type,
      timestamp: formatTime(now()),
      data: event.data,
    });
    if (Buffer.byteLength(payload) > maxPayloadBytes) throw payloadTooLarge(maxPayloadBytes);
    const paths = distributors.flatMap(({ meta }) => (meta && withoutBody.has(meta.method) ? [meta.path] : []));
    for (const path of new Set(paths)) checkQuery(payload, path);
    const accepted = await dispatcher.enqueue(
      trx,
      distributors.map(({ organization, id }) => ({
        organization,
        endpoint: { kind: distributorKind, id },
        type: event.type,
        payload,
      })),
    );
    return accepted.map(({ id, endpoint }) => ({ id, distributor_id: endpoint.id }));
  }

  return {
    /**
     * Throws `NOT_FOUND`, `DISTRIBUTOR_HAS_NO_WEBHOOK`, or `VALIDATION_ERROR` for data that the distributor's method
     * cannot carry.
     */
    async sendToDistributor(
      trx: Knex.Transaction,
      organization: string,
      id: string,
      event: EventInput,
    ): Promise<SentDelivery[]> {
      const distributor = await repository(trx).find(organization, id);
      if (!distributor) throw notFound('There is no such distributor.');
      if (!distributor.meta)
        throw conflict('DISTRIBUTOR_HAS_NO_WEBHOOK', 'The distributor has no webhook to send the event to.');
      return send(trx, [distributor], event);
    },

    /** Sends an event to all distributors of the node that have a webhook; possibly to none. */
    async sendToNode(
      trx: Knex.Transaction,
      organization: string,
      nodeId: string,
      event: EventInput,
    ): Promise<SentDelivery[]> {
      const distributors = await repository(trx).findByNode(organization, nodeId);
      return send(
        trx,
        distributors.filter(({ meta }) => meta),
        event,
      );
    },
  };
}

/** Throws `VALIDATION_ERROR` when the event does not fit into a query string behind the path's own query. */
function checkQuery(payload: string, path: string): void {
  const { searchParams } = new URL(path, 'http://path.invalid');
  const fields = queryOf(payload);
  const seen = new Set(searchParams.keys());
  for (const [name] of fields) {
    if (seen.has(name))
      throw invalidField(
        `data.${name}`,
        'duplicates a parameter of the query string in which a GET or DELETE carries the event',
      );
    seen.add(name);
  }
  for (const [name, value] of fields) searchParams.append(name, value);
  const size = Buffer.byteLength(searchParams.toString());
  if (size > maxQueryBytes)
    throw invalidField('data', `results in a query of ${size} bytes; a GET or DELETE carries at most ${maxQueryBytes}`);
}
