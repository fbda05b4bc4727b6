import type { Database, Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { conflict, notFound } from '../../errors.ts';
import { storedStatus } from '../model/delivery.ts';
import { endpointKey } from '../model/endpoint.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { attemptColumns, attemptTable } from '../store/attempt-rows.ts';
import { createBatchRepository, readPayload } from '../store/batch-repository.ts';
import { newLeaseToken, noLease } from '../store/lease-token.ts';
import { deliveryTable, never, type QueueRow, queueTable } from '../store/queue-repository.ts';
import type { UnwrittenDeliveries } from './batched-deliveries.ts';
import { type DeliveryRow, type DeliveryView, deliveryColumns, toView } from './delivery-view.ts';

export type Delivery = Pick<
  DeliveryRow,
  'id' | 'endpoint_kind' | 'endpoint_id' | 'status' | 'attempt_count' | 'last_status'
> & {
  payload: string;
  /** The batch that it was sent from, and that still has its payload; null for what has its own. */
  batch_id: string | null;
};

interface Locked {
  delivery: Delivery;
  queued: QueueRow | undefined;
}

export const missing = (): Error => notFound('There is no such delivery.');
const inFlight = (): Error => conflict('DELIVERY_IN_FLIGHT', 'The delivery is being attempted at this moment.');

/** Where a delivery was sent from its batch, the payload is there. */
export async function payloadOf(
  db: Knex,
  { id, payload, batch_id: batchId }: Pick<Delivery, 'id' | 'payload' | 'batch_id'>,
): Promise<string> {
  return batchId === null ? payload : readPayload(db, batchId, id);
}

/** One delivery with its place in the queue. */
export const joined = (db: Knex) => db(`${deliveryTable} as d`).leftJoin(`${queueTable} as q`, 'q.delivery_id', 'd.id');

/** What people may do to a delivery. */
export function createDeliveryChanges(parts: {
  database: Database;
  lookup: EndpointLookup;
  now: () => number;
  wake: (trx: Knex.Transaction, key: number, dueAt: number) => void;
  unwritten: UnwrittenDeliveries;
}) {
  const { database, lookup, now, wake, unwritten } = parts;

  return {
    /**
     * Throws `NOT_FOUND`, or 409 when the endpoint is gone. Asks the endpoint's plugin, so not within a transaction; one that
     * goes afterwards is found out at the attempt.
     */
    async requireEndpoint(organization: string, id: string): Promise<void> {
      const row: Pick<Delivery, 'endpoint_kind' | 'endpoint_id'> | undefined = await database.read(async (db) => {
        const inBatch = await unwritten.find(db, organization, id);
        return inBatch ?? db(deliveryTable).where({ id, organization }).first('endpoint_kind', 'endpoint_id');
      });
      if (!row) throw missing();
      const { endpoint } = await lookup.findOne({ kind: row.endpoint_kind, id: row.endpoint_id });
      if (endpoint.state === 'gone')
        throw conflict('ENDPOINT_GONE', 'The endpoint has been deleted, or its webhook removed.');
    },

    /** Sends again now under the same id, with retries starting anew. Throws `NOT_FOUND`, or 409 when in flight or held. */
    async redeliver(trx: Knex.Transaction, organization: string, id: string): Promise<DeliveryView> {
      const { delivery, queued } = await lock(trx, organization, id);
      const time = now();
      if (queued && queued.lease_until > time) throw inFlight();
      if (queued?.due_at === never)
        throw conflict('DELIVERY_HELD', 'The endpoint is disabled; the delivery goes out when it is enabled.');
      if (queued) await restart(trx, queued, time);
      else await putBack(trx, delivery, time);
      wake(trx, endpointKey({ kind: delivery.endpoint_kind, id: delivery.endpoint_id }), time);
      return view(trx, id);
    },

    /** Settles a delivery that waits. Throws `NOT_FOUND`, or 409 when it is in flight or settled. */
    async cancel(trx: Knex.Transaction, organization: string, id: string): Promise<DeliveryView> {
      const { queued } = await lock(trx, organization, id);
      const time = now();
      if (!queued) throw conflict('DELIVERY_SETTLED', 'The delivery has been settled already.');
      if (queued.lease_until > time) throw inFlight();
      const attempts = queued.attempt_count + (queued.lease_token === noLease ? 0 : 1);
      if (queued.lease_token !== noLease) await recordUnknown(trx, queued, time);
      await trx(queueTable).where({ delivery_id: id }).delete();
      await trx(deliveryTable).where({ id }).update({
        status: storedStatus.cancelled,
        finished_at: time,
        attempt_count: attempts,
        last_status: queued.last_status,
      });
      return view(trx, id);
    },
  };

  /** Locks a delivery and its place in the queue, in the order in which results are written. Throws `NOT_FOUND`, or 409 when in flight. */
  async function lock(trx: Knex, organization: string, id: string): Promise<Locked> {
    const queue = (): Promise<QueueRow | undefined> =>
      trx<QueueRow>(queueTable).where({ delivery_id: id }).forUpdate().first() as Promise<QueueRow | undefined>;
    await requireRow(trx, organization, id);
    const before = await queue();
    const delivery = (await trx(deliveryTable).where({ id }).forUpdate().first()) as Delivery | undefined;
    if (!delivery) throw missing();
    // Somebody else may have sent it again between the two.
    const queued = before ?? (delivery.status === storedStatus.open ? await queue() : undefined);
    return { delivery, queued };
  }

  /** What is in a batch that nobody sends from gets a row. */
  async function requireRow(trx: Knex, organization: string, id: string): Promise<void> {
    const hasRow = async () => (await trx(deliveryTable).where({ id, organization }).first('id')) !== undefined;
    if (await hasRow()) return;
    if ((await createBatchRepository(trx, database).single({ organization, id }, now())) > 0) return;
    if (await unwritten.find(trx, organization, id)) throw inFlight();
    // It may have been settled since the first look.
    if (!(await hasRow())) throw missing();
  }

  async function view(trx: Knex, id: string): Promise<DeliveryView> {
    const row = (await joined(trx).where({ 'd.id': id }).select(deliveryColumns).first()) as DeliveryRow;
    return toView(row, now());
  }
}

/**
 * A process that lost its lease may still come with a result: another token keeps it out, and still says that the end of an
 * attempt is not known.
 */
async function restart(trx: Knex, { delivery_id, lease_token }: QueueRow, time: number): Promise<void> {
  await trx<QueueRow>(queueTable)
    .where({ delivery_id })
    .update({
      due_at: time,
      retries: 0,
      unknowns: 0,
      lease_token: lease_token === noLease ? noLease : newLeaseToken(),
    });
}

async function putBack(trx: Knex, delivery: Delivery, time: number): Promise<void> {
  const endpoint = { kind: delivery.endpoint_kind, id: delivery.endpoint_id };
  const payload = await payloadOf(trx, delivery);
  await trx(deliveryTable)
    .where({ id: delivery.id })
    .update({ status: storedStatus.open, finished_at: 0, payload, batch_id: null });
  await trx<QueueRow>(queueTable).insert({
    delivery_id: delivery.id,
    endpoint_key: endpointKey(endpoint),
    endpoint_kind: endpoint.kind,
    endpoint_id: endpoint.id,
    due_at: time,
    held: 0,
    lease_token: noLease,
    lease_until: 0,
    attempt_count: delivery.attempt_count,
    retries: 0,
    unknowns: 0,
    last_status: delivery.last_status,
  });
}

async function recordUnknown(trx: Knex, { delivery_id, attempt_count }: QueueRow, time: number): Promise<void> {
  const row: Record<(typeof attemptColumns)[number], unknown> = {
    delivery_id,
    number: attempt_count + 1,
    started_at: time,
    duration_us: null,
    phases: null,
    status: null,
    error: 'outcome_unknown',
    decision: 'cancelled by request: the process that sent it ended',
    response_headers: null,
    response_body: null,
    truncated: 0,
  };
  await insertRows(trx, attemptTable, attemptColumns, [attemptColumns.map((column) => row[column])]);
}
