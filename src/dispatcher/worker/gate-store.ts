import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import { createGateRepository } from '../store/gate-repository.ts';
import { createOrderRepository, entriesRead, removeSettled } from '../store/order-repository.ts';
import type { Turn } from '../store/turns.ts';
import type { EndpointGates } from './endpoint-gates.ts';

/** Due deliveries of an endpoint that are looked for in its order. */
const adoptedAtOnce = 500;
const deletedAtOnce = 100;
/** Entries of settled deliveries are removed once they make up this share of the ones that claims read. */
const settledShare = 0.5;

/** Follows up claims: stores and deletes gates, and keeps orders complete and short. */
export function createGateStore(parts: {
  database: Database;
  now: () => number;
  logger: Logger;
  gates: EndpointGates;
}) {
  const { database, now, logger, gates } = parts;

  async function storeGates(turns: readonly Turn[]): Promise<void> {
    const missing = turns.filter(({ isMissing }) => isMissing).map(({ endpointKey }) => endpointKey);
    if (missing.length > 0) await database.statement((db) => createGateRepository(db, database).insert(missing, now()));
    const lost = gates.lost(deletedAtOnce);
    if (lost.length === 0) return;
    await withDeadline(database.transaction((trx) => createGateRepository(trx, database).remove(lost)));
    gates.deleted(lost);
  }

  async function removeEntries(turns: readonly Turn[]): Promise<void> {
    const settled = turns.flatMap(({ head }) =>
      head && head.settled.length >= entriesRead * settledShare ? head.settled : [],
    );
    await removeSettled(database, settled);
    // A page of nothing but settled deliveries hides the ones behind it.
    for (const { endpointKey, head } of turns)
      if (head?.isEmpty && head.settled.length >= entriesRead) gates.freed(endpointKey, now(), now());
  }

  /** Adds deliveries that were enqueued without an order, or before the endpoint had one. */
  async function adopt(endpointKey: number): Promise<void> {
    const ids = await database.read((db) =>
      createOrderRepository(db, database).strangers(endpointKey, now(), adoptedAtOnce),
    );
    if (ids.length === 0) return;
    const deliveries = ids.map((deliveryId) => ({ endpointKey, deliveryId }));
    await database.statement((db) => createOrderRepository(db, database).adopt(deliveries));
    gates.freed(endpointKey, now(), now());
  }

  return {
    /** Never rejects: the next claim finds the same again. */
    async update(turns: readonly Turn[]): Promise<void> {
      try {
        await storeGates(turns);
        await removeEntries(turns);
        for (const key of gates.toAdopt(turns, now())) await adopt(key);
      } catch (error) {
        if (!isOutage(error)) logger.warn('following up a claim failed, retrying', describeError(error));
      }
    },
  };
}
