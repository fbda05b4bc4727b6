import type { Database, Knex } from '../database/database.ts';
import { ApiError } from '../errors.ts';
import { closeBatches } from './batch-intake.ts';
import { createBatchRepository } from './batch-repository.ts';
import type { Claimed } from './delivery.ts';
import { insertOpen, ownRowsOf, toOpen } from './delivery-rows.ts';
import { inTime } from './in-time.ts';
import { createQueueRepository } from './queue-repository.ts';

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
    const batched = leases.filter((lease) => lease.batched);
    const held = await createBatchRepository(trx, database).stillHeld(
      batched.flatMap((one) => one.batched?.batch ?? []),
    );
    const own = await ownRowsOf(
      trx,
      batched.map(({ id }) => id),
    );
    const rows = batched.filter(({ id, batched: from }) => !own.has(id) && held.has(from?.batch.id ?? ''));
    await insertOpen(
      trx,
      rows.map((row) => ({ ...toOpen(row), dueAt: dueAt ?? row.dueAt, lease: undefined })),
    );
    const inQueue = leases.filter((lease) => !lease.batched || own.has(lease.id));
    await createQueueRepository(trx, database).returnLeases(inQueue, dueAt);
  }

  async function inOneGo(batches: readonly Returned[]): Promise<readonly Returned[]> {
    await inTime(
      database.transaction(async (trx) => {
        for (const { leases, dueAt } of batches) await giveBack(trx, leases, dueAt);
      }),
    );
    return batches;
  }

  /** One of them may be at fault; the others shall not wait for it. */
  async function oneByOne(batches: readonly Returned[], failed: Returned[], error: unknown): Promise<Returned[]> {
    if (error instanceof ApiError || batches.length === 1) {
      waiting.push(...batches);
      throw error;
    }
    const done: Returned[] = [];
    for (const one of batches) {
      const isDone = await inOneGo([one]).then(
        () => true,
        () => false,
      );
      (isDone ? done : failed).push(one);
    }
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
      const batches = waiting;
      waiting = [];
      if (batches.length === 0) return [];
      const failed: typeof batches = [];
      const done = await inOneGo(batches).catch((error) => oneByOne(batches, failed, error));
      waiting.push(...failed);
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
