import type { Database, Knex } from '../database/database.ts';
import { describeError, type Logger } from '../logger.ts';
import { type EndpointRef, endpointKey } from './endpoint.ts';
import { createQueueRepository } from './queue-repository.ts';

/** What becomes of an endpoint's deliveries when it is disabled, enabled or deleted. */
export function createEndpointChanges(parts: {
  database: Database;
  now: () => number;
  logger: Logger;
  /** Called when something of this endpoint is due again. */
  wake: (key: number) => void;
}) {
  const { database, now, logger, wake } = parts;
  const queue = (trx: Knex) => createQueueRepository(trx, database);

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
      await queue(trx).hold(endpointKey({ kind, id }), kind, id);
    },

    async release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
      await release(trx, endpoint);
      void releaseAfter(trx, endpoint);
    },

    cancel: (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<number> =>
      queue(trx).cancel(endpointKey({ kind, id }), kind, id, now()),

    hasOpen: (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<boolean> =>
      queue(trx).hasRows(endpointKey({ kind, id }), kind, id),
  };
}
