import type { Database } from '../database/database.ts';
import type { Claimed } from './delivery.ts';
import { inTime } from './in-time.ts';
import { createQueueRepository } from './queue-repository.ts';

export interface LeaseReturns {
  /** Leases to be given back unused. `dueAt`: not to be looked at again before. */
  add(leases: readonly Claimed[], dueAt?: number): void;
  /** Gives back what was added; what cannot be given back now is kept for the next time. Resolves to what is due when. */
  flush(): Promise<{ endpointKey: number; dueAt: number }[]>;
  readonly pending: number;
}

/** Leases of what is not attempted after all. A lease that lapsed instead would count as an attempt that nobody knows the end of. */
export function createLeaseReturns(database: Database): LeaseReturns {
  let waiting: { leases: readonly Claimed[]; dueAt: number | undefined }[] = [];

  return {
    add(leases, dueAt) {
      if (leases.length > 0) waiting.push({ leases, dueAt });
    },
    get pending() {
      return waiting.length;
    },
    async flush() {
      const batches = waiting;
      waiting = [];
      if (batches.length === 0) return [];
      try {
        await inTime(
          database.transaction(async (trx) => {
            const queue = createQueueRepository(trx, database);
            for (const { leases, dueAt } of batches) await queue.returnLeases(leases, dueAt);
          }),
        );
      } catch (error) {
        waiting.push(...batches);
        throw error;
      }
      return batches.flatMap(({ leases, dueAt }) =>
        leases.map((lease) => ({ endpointKey: lease.endpointKey, dueAt: dueAt ?? lease.dueAt })),
      );
    },
  };
}
