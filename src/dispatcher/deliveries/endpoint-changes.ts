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
        kind: endpoint.kind,
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
      const organization = await organizationOfFailing(trx, endpoint);
      if (organization !== undefined) await noteTallies(trx, tallyEnabled(organization, endpoint, now()));
      void releaseAfter(trx, endpoint);
    },

    async setOrdered(trx: Knex.Transaction, { kind, id }: EndpointRef, isOrdered: boolean): Promise<void> {
      const key = endpointKey({ kind, id });
      await (isOrdered ? queue(trx).order(key, kind, id, now()) : queue(trx).disorder(key));
      trx.executionPromise.then(
        () => wake(key),
        () => undefined,
      );
    },

    cancel: (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<number> =>
      queue(trx).cancel(endpointKey({ kind, id }), kind, id, now()),

    hasOpen: (trx: Knex.Transaction, { kind, id }: EndpointRef): Promise<boolean> =>
      queue(trx).hasRows(endpointKey({ kind, id }), kind, id),
  };
}
