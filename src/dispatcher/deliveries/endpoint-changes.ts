import type { Database, Knex } from '../../database/database.ts';
import { describeError, type Logger } from '../../logger.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { createBatchRepository } from '../store/batch-repository.ts';
import { createEndpointQueue } from '../store/endpoint-queue.ts';
import { createUnwritten } from './batched-deliveries.ts';

/** Holds, releases and cancels the deliveries of an endpoint that is disabled, enabled or deleted. */
export function createEndpointChanges(parts: {
  database: Database;
  now: () => number;
  logger: Logger;
  /** Called when rows of this endpoint are due again. */
  wake: (key: number) => void;
}) {
  const { database, now, logger, wake } = parts;
  const queue = (trx: Knex) => createEndpointQueue(trx, database);
  const unwritten = createUnwritten(database, now);

  /** The queue, after the endpoint's batched deliveries have got rows in it. */
  async function queueWithBatched(trx: Knex, endpoint: EndpointRef) {
    await createBatchRepository(trx, database).single({ endpoint }, now());
    return queue(trx);
  }

  async function release(trx: Knex, { kind, id }: EndpointRef): Promise<void> {
    await queue(trx).release(endpointKey({ kind, id }), kind, id, now());
  }

  /**
   * Releases once more after the commit: until then a worker may have held rows because it still found the endpoint
   * disabled. If this fails, or the process ends before it, the sweep releases them.
   */
  async function releaseAfter(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
    try {
      await trx.executionPromise;
    } catch {
      return;
    }
    try {
      await database.transaction((own) => release(own, endpoint));
    } catch (error) {
      logger.warn('releasing held deliveries failed, left to the sweep', {
        endpoint: endpoint.id,
        ...describeError(error),
      });
    }
    wake(endpointKey(endpoint));
  }

  return {
    async hold(trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<void> {
      await (await queueWithBatched(trx, { kind, id })).hold(endpointKey({ kind, id }), kind, id);
    },

    async release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
      await release(trx, endpoint);
      void releaseAfter(trx, endpoint);
    },

    cancel: async (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<number> =>
      (await queueWithBatched(trx, { kind, id })).cancel(endpointKey({ kind, id }), kind, id, now()),

    // Batches first: a delivery that leaves its batch between the two reads is found in the queue.
    hasOpen: async (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<boolean> =>
      (await unwritten.has(trx, { kind, id })) || (await queue(trx).hasRows(endpointKey({ kind, id }), kind, id)),
  };
}
