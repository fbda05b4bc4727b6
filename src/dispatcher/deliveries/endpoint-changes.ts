import type { Database, Knex } from '../../database/database.ts';
import { describeError, type Logger } from '../../logger.ts';
import { type EndpointRef, endpointKey } from '../model/endpoint.ts';
import { tallyEnabled } from '../model/tally.ts';
import { createEndpointQueue } from '../store/endpoint-queue.ts';
import { organizationOfFailing } from '../store/failing-endpoints.ts';
import { noteTallies } from '../store/tally-journal.ts';

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

  const release = (trx: Knex, endpoint: EndpointRef): Promise<void> => queue(trx).release(endpoint, now());

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
        kind: endpoint.kind,
        endpoint: endpoint.id,
        ...describeError(error),
      });
    }
    wake(endpointKey(endpoint));
  }

  return {
    hold: (trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> => queue(trx).hold(endpoint),

    async release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
      await release(trx, endpoint);
      const organization = await organizationOfFailing(trx, endpoint);
      if (organization !== undefined) await noteTallies(trx, tallyEnabled(organization, endpoint, now()));
      void releaseAfter(trx, endpoint);
    },

    async setOrdered(trx: Knex.Transaction, endpoint: EndpointRef, isOrdered: boolean): Promise<void> {
      await (isOrdered ? queue(trx).order(endpoint, now()) : queue(trx).disorder(endpoint));
      trx.executionPromise.then(
        () => wake(endpointKey(endpoint)),
        () => undefined,
      );
    },

    cancel: (trx: Knex.Transaction, endpoint: EndpointRef): Promise<number> => queue(trx).cancel(endpoint, now()),
    hasOpen: (trx: Knex.Transaction, endpoint: EndpointRef): Promise<boolean> => queue(trx).hasRows(endpoint),
  };
}
