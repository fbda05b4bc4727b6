import type { Database, Knex } from '../../database/database.ts';
import { describeError, type Logger } from '../../logger.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { createBatchRepository } from '../store/batch-repository.ts';
import { createEndpointQueue } from '../store/endpoint-queue.ts';
import { createUnwritten } from './batched-deliveries.ts';

/** What becomes of an endpoint's deliveries when it is disabled, enabled or deleted. */
export function createEndpointChanges(parts: {
  database: Database;
  now: () => number;
  logger: Logger;
  /** Called when something of this endpoint is due again. */
  wake: (key: number) => void;
}) {
  const { database, now, logger, wake } = parts;
  const queue = (trx: Knex) => createEndpointQueue(trx, database);
  const unwritten = createUnwritten(database, now);

  /** The queue, with all in it that waits for an endpoint, and was in a batch. */
  async function whole(trx: Knex, endpoint: EndpointRef) {
    await createBatchRepository(trx, database).single({ endpoint }, now());
    return queue(trx);
  }

  async function release(trx: Knex, { kind, id }: EndpointRef): Promise<void> {
    await queue(trx).release(endpointKey({ kind, id }), kind, id, now());
  }

  /**
   * Once more after the commit: until then a worker may have held what it found disabled. When this fails, or the process ends
   * before it, the sweep finds it.
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
      logger.warn('what a worker held may be released a little later', {
        endpoint: endpoint.id,
        ...describeError(error),
      });
    }
    wake(endpointKey(endpoint));
  }

  return {
    async hold(trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<void> {
      await (await whole(trx, { kind, id })).hold(endpointKey({ kind, id }), kind, id);
    },

    async release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
      await release(trx, endpoint);
      void releaseAfter(trx, endpoint);
    },

    cancel: async (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<number> =>
      (await whole(trx, { kind, id })).cancel(endpointKey({ kind, id }), kind, id, now()),

    // What leaves its batch meanwhile is found in the queue.
    hasOpen: async (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<boolean> =>
      (await unwritten.has(trx, { kind, id })) || (await queue(trx).hasRows(endpointKey({ kind, id }), kind, id)),
  };
}
