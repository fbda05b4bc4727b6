import type { Database, Knex } from '../database/database.ts';
import { describeError, type Logger } from '../logger.ts';
import { type EndpointRef, endpointKey } from './endpoint.ts';
import { createQueueRepository } from './queue-repository.ts';

/** Keeps back what waits for an endpoint, and lets it go again. */
export function createHolds(parts: {
  database: Database;
  logger: Logger;
  now: () => number;
  noteDue: (endpoints: readonly number[], dueAt: number) => void;
}) {
  const { database, logger, now, noteDue } = parts;

  async function release(trx: Knex, { kind, id }: EndpointRef): Promise<void> {
    await createQueueRepository(trx, database).release(endpointKey({ kind, id }), kind, id, now());
  }

  /** Once more after the commit: until then a worker may have held what it found disabled. */
  async function releaseAfter(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
    try {
      await trx.executionPromise;
    } catch {
      return;
    }
    try {
      await database.transaction((own) => release(own, endpoint));
    } catch (error) {
      logger.warn('what a worker held may not have been released', { endpoint: endpoint.id, ...describeError(error) });
    }
    noteDue([endpointKey(endpoint)], now());
  }

  return {
    async hold(trx: Knex, { kind, id }: EndpointRef): Promise<void> {
      await createQueueRepository(trx, database).hold(endpointKey({ kind, id }), kind, id);
    },
    async release(trx: Knex.Transaction, endpoint: EndpointRef): Promise<void> {
      await release(trx, endpoint);
      void releaseAfter(trx, endpoint);
    },
  };
}
