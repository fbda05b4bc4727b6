import type { Database, Knex } from '../../database/database.ts';
import { inTime } from '../../database/in-time.ts';
import { ApiError } from '../../errors.ts';
import type { Claimed } from '../model/delivery.ts';
import { partByRows } from '../store/batch-repository.ts';
import { insertOpen, toOpen } from '../store/delivery-rows.ts';
import { createQueueRepository } from '../store/queue-repository.ts';
import { closeBatches } from './batch-claims.ts';

export interface LeaseReturns {
  /** Leases to be given back unused. `dueAt`: not to be looked at again before. */
  add(leases: readonly Claimed[], dueAt?: number): void;
  /** Gives back what was added; what cannot be given back now is kept for the next time. Resolves to what is due when. */
  flush(): Promise<{ endpointKey: number; dueAt: number }[]>;
  readonly pending: number;
}

interface Returned {
  leases: readonly Claimed[];
  dueAt: number | undefined;
}

/** Leases of what is not attempted after all. A lease that lapsed instead would count as an attempt that nobody knows the end of. */
export function createLeaseReturns(database: Database): LeaseReturns {
  let waiting: Returned[] = [];

  /** What came from a batch gets a row of its own, and a place in the queue. */
  async function giveBack(trx: Knex, leases: readonly Claimed[], dueAt: number | undefined): Promise<void> {
    const { unwritten, queued } = await partByRows(trx, database, leases);
    await insertOpen(
      trx,
      unwritten.map((row) => ({ ...toOpen(row), dueAt: dueAt ?? row.dueAt, lease: undefined })),
    );
    await createQueueRepository(trx, database).returnLeases(queued, dueAt);
  }

  /** Resolves to those that were given back; the others wait for the next time. */
  async function giveAllBack(all: readonly Returned[]): Promise<readonly Returned[]> {
    try {
      await inTime(
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
    // One of them is at fault; the others shall not wait for it.
    const done: Returned[] = [];
    for (const one of all) done.push(...(await giveAllBack([one]).catch(() => [])));
    return done;
  }

  return {
    add(leases, dueAt) {
      if (leases.length > 0) waiting.push({ leases, dueAt });
    },
    get pending() {
      return waiting.length;
    },
    async flush() {
      const all = waiting;
      waiting = [];
      if (all.length === 0) return [];
      const done = await giveAllBack(all);
      await closeBatches(
        database,
        done.flatMap(({ leases }) => leases),
      );
      return done.flatMap(({ leases, dueAt }) =>
        leases.map((lease) => ({ endpointKey: lease.endpointKey, dueAt: dueAt ?? lease.dueAt })),
      );
    },
  };
}
