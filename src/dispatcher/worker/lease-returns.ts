import type { Database, Knex } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { ApiError } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Claimed } from '../model/delivery.ts';
import { partByRows } from '../store/batch-repository.ts';
import { insertOpen, toOpen } from '../store/delivery-rows.ts';
import { createQueueRepository } from '../store/queue-repository.ts';
import { closeBatches } from './batch-claims.ts';

export interface LeaseReturns {
  /** Adds leases to be given back unused. `dueAt`: a new due time, in microseconds. */
  add(leases: readonly Claimed[], dueAt?: number): void;
  /** Gives back all added leases; failed ones are kept for the next call. Never rejects. */
  giveBack(): Promise<void>;
  readonly pending: number;
}

interface Returned {
  leases: readonly Claimed[];
  dueAt: number | undefined;
}

/**
 * Gives back leases on rows that are not attempted after all: a lapsed lease counts as an attempt of unknown outcome.
 */
export function createLeaseReturns(parts: {
  database: Database;
  logger: Logger;
  /** Called with the endpoint of each returned row, and its due time in microseconds. */
  onReturned: (endpointKey: number, dueAt: number) => void;
}): LeaseReturns {
  const { database, logger, onReturned } = parts;
  let waiting: Returned[] = [];

  /** Deliveries from a batch get rows of their own, with queue rows. */
  async function giveBack(trx: Knex, leases: readonly Claimed[], dueAt: number | undefined): Promise<void> {
    const { unwritten, queued } = await partByRows(trx, database, leases);
    await insertOpen(
      trx,
      unwritten.map((row) => ({ ...toOpen(row), dueAt: dueAt ?? row.dueAt, lease: undefined })),
    );
    await createQueueRepository(trx, database).returnLeases(queued, dueAt);
  }

  /** Resolves to the entries that were given back; the others are kept for the next call. */
  async function giveAllBack(all: readonly Returned[]): Promise<readonly Returned[]> {
    try {
      await withDeadline(
        database.transaction(async (trx) => {
          for (const { leases, dueAt } of all) await giveBack(trx, leases, dueAt);
        }),
      );
      return all;
    } catch (error) {
      if (error instanceof ApiError || all.length === 1) {
        waiting.push(...all);
        throw error;
      }
    }
    // One by one: an entry that fails must not hold up the others.
    const done: Returned[] = [];
    for (const one of all) done.push(...(await giveAllBack([one]).catch(() => [])));
    return done;
  }

  async function flush(): Promise<void> {
    const all = waiting;
    waiting = [];
    if (all.length === 0) return;
    const done = await giveAllBack(all);
    await closeBatches(
      database,
      done.flatMap(({ leases }) => leases),
    );
    for (const { leases, dueAt } of done)
      for (const lease of leases) onReturned(lease.endpointKey, dueAt ?? lease.dueAt);
  }

  return {
    add(leases, dueAt) {
      if (leases.length > 0) waiting.push({ leases, dueAt });
    },
    get pending() {
      return waiting.length;
    },
    giveBack: async () => {
      try {
        await flush();
      } catch (error) {
        logger.warn('leases not given back yet, retrying', describeError(error));
      }
    },
  };
}
