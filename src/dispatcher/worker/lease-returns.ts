import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { isOutage } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Claimed } from '../model/delivery.ts';
import { createQueueRepository } from '../store/queue-repository.ts';

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
  /** Called with each returned lease, and the due time of its row in microseconds. */
  onReturned: (lease: Claimed, dueAt: number) => void;
}): LeaseReturns {
  const { database, logger, onReturned } = parts;
  let waiting: Returned[] = [];

  /** Resolves to the leases that remain: on rows that another transaction has locked. Keeps all when the database fails. */
  async function giveBack(all: readonly Returned[]): Promise<readonly Returned[]> {
    try {
      return await withDeadline(
        database.transaction(async (trx) => {
          const queue = createQueueRepository(trx, database);
          const left: Returned[] = [];
          for (const { leases, dueAt } of all) left.push({ leases: await queue.returnLeases(leases, dueAt), dueAt });
          return left;
        }),
      );
    } catch (error) {
      waiting.push(...all);
      throw error;
    }
  }

  async function flush(): Promise<void> {
    const all = waiting;
    waiting = [];
    if (all.length === 0) return;
    const left = await giveBack(all);
    const kept = new Set(left.flatMap(({ leases }) => leases));
    waiting.push(...left.filter(({ leases }) => leases.length > 0));
    for (const { leases, dueAt } of all)
      for (const lease of leases) if (!kept.has(lease)) onReturned(lease, dueAt ?? lease.dueAt);
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
        if (!isOutage(error)) logger.warn('leases not given back yet, retrying', describeError(error));
      }
    },
  };
}
