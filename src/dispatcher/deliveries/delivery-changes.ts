import type { Database, Knex } from '../../database/database.ts';
import { conflict, notFound } from '../../errors.ts';
import { endpointKey } from '../model/endpoint.ts';
import { bucketOf, tallyCancelled, tallyReopened } from '../model/tally.ts';
import type { EndpointLookup } from '../sending/endpoint-lookup.ts';
import { insertUnknownAttempt } from '../store/attempt-rows.ts';
import { createDeliveryRepository, createDeliveryStates, type LockedDelivery } from '../store/delivery-repository.ts';
import { isInFlight, mayHaveBegun } from '../store/lease-token.ts';
import { never } from '../store/queue-repository.ts';
import { noteTallies } from '../store/tally-journal.ts';
import { type DeliveryView, toView } from './delivery-view.ts';

export const missing = (): Error => notFound('There is no such delivery.');
const inFlight = (): Error => conflict('DELIVERY_IN_FLIGHT', 'The delivery is being attempted at this moment.');

/** Redelivery and cancellation of single deliveries. */
export function createDeliveryChanges(parts: {
  database: Database;
  lookup: EndpointLookup;
  now: () => number;
  wake: (trx: Knex.Transaction, key: number, dueAt: number) => void;
}) {
  const { database, lookup, now, wake } = parts;

  /** Throws `NOT_FOUND`. */
  async function lock(trx: Knex, organization: string, id: string): Promise<LockedDelivery> {
    const locked = await createDeliveryStates(trx, database).lock(organization, id);
    if (!locked) throw missing();
    return locked;
  }

  const view = async (trx: Knex, id: string): Promise<DeliveryView> =>
    toView(await createDeliveryRepository(trx, database).view(id), now());

  return {
    /**
     * Throws `NOT_FOUND`, or 409 when the endpoint is gone. Calls the endpoint's plugin, so it must run outside of any
     * transaction. The attempt notices if the endpoint is deleted afterwards.
     */
    async requireEndpoint(organization: string, id: string): Promise<void> {
      const row = await database.read((db) => createDeliveryRepository(db, database).endpointOf(organization, id));
      if (!row) throw missing();
      const { endpoint } = await lookup.findOne({ kind: row.endpoint_kind, id: row.endpoint_id });
      if (endpoint.state === 'gone')
        throw conflict('ENDPOINT_GONE', 'The endpoint has been deleted, or its webhook removed.');
    },

    /**
     * Makes a delivery due now, with its full number of retries. Throws `NOT_FOUND`, or 409 when it is
     * in flight or held.
     */
    async redeliver(trx: Knex.Transaction, organization: string, id: string): Promise<DeliveryView> {
      const { delivery, queued } = await lock(trx, organization, id);
      const time = now();
      if (queued && isInFlight(queued, time)) throw inFlight();
      if (queued?.due_at === never)
        throw conflict('DELIVERY_HELD', 'The endpoint is disabled; the delivery is sent when it is enabled.');
      const states = createDeliveryStates(trx, database);
      if (queued) await states.restart(queued, time);
      else await states.reopen(delivery, time);
      const endpoint = { kind: delivery.endpoint_kind, id: delivery.endpoint_id };
      if (!queued && delivery.attempt_count === 0)
        await noteTallies(trx, tallyReopened(organization, endpoint, delivery.created_at));
      wake(trx, endpointKey(endpoint), time);
      return view(trx, id);
    },

    /** Settles a waiting delivery as cancelled. Throws `NOT_FOUND`, or 409 when it is in flight or settled. */
    async cancel(trx: Knex.Transaction, organization: string, id: string): Promise<DeliveryView> {
      const { delivery, queued } = await lock(trx, organization, id);
      const time = now();
      if (!queued)
        throw conflict('DELIVERY_SETTLED', 'The delivery is already settled: delivered, failed or cancelled.');
      if (isInFlight(queued, time)) throw inFlight();
      const isUnknown = mayHaveBegun(queued.lease_token);
      const attempts = queued.attempt_count + (isUnknown ? 1 : 0);
      const decision = 'cancelled by request: outcome unknown, the gateway process ended during the attempt';
      if (isUnknown) await insertUnknownAttempt(trx, { deliveryId: id, number: attempts, decision }, time);
      await createDeliveryStates(trx, database).cancel(queued, attempts, time);
      const endpoint = { kind: queued.endpoint_kind, id: queued.endpoint_id };
      const untried = new Map(queued.attempt_count === 0 ? [[bucketOf(delivery.created_at), 1]] : []);
      await noteTallies(trx, tallyCancelled({ organization, endpoint, count: 1, untried }, time, false));
      return view(trx, id);
    },
  };
}
