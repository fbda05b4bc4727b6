import type { Claimed } from '../model/delivery.ts';
import type { BatchClaims } from './batch-claims.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';

export interface BatchBuffer {
  /** Number of buffered rows. */
  readonly size: number;
  /** Schedules buffered rows and claims more batches when it is time. Resolves to 1 if there were any, else to 0. */
  serve(): Promise<number>;
  /** Takes back rows that the scheduler has no room for after all. */
  putBack(rows: readonly Claimed[]): void;
  /** Removes and returns the rows that meet a condition. */
  withdraw(condition: (row: Claimed) => boolean): Claimed[];
}

/** Prefetch threshold: below this many buffered deliveries, claim more. */
const few = 250;
/** Above this many buffered deliveries, the oldest go into the queue. */
const most = 750;
/** Longest wait of a batch for its turn, however many rows are buffered or queued. */
const turnMs = 100;

/**
 * Buffers rows of batches for a moment, until the queued rows of their endpoints have been sent. Writing them to the
 * queue and claiming them again would cost more than sending them. Rows without room go into the queue at once, so
 * that they hold up no others.
 */
export function createBatchBuffer(parts: {
  intake: BatchClaims;
  scheduler: EndpointScheduler;
  /** Rows that are claimed and wait for a slot, at most. */
  concurrency: number;
  takeUp: (rows: readonly Claimed[]) => Promise<void>;
  /** Puts rows into the queue. */
  giveBack: (rows: readonly Claimed[]) => Promise<void>;
  /** Called with endpoints that have rows in the queue. */
  hint: (keys: readonly number[]) => void;
}): BatchBuffer {
  const { intake, scheduler, concurrency, takeUp, giveBack, hint } = parts;
  let rows: readonly Claimed[] = [];
  let nextTurnAt = 0;

  async function offer(): Promise<void> {
    if (rows.length === 0 || scheduler.waiting >= concurrency) return;
    const { fitting, behind, surplus } = scheduler.fit(rows);
    rows = behind;
    if (fitting.length > 0) await takeUp(fitting);
    if (surplus.length > 0) await giveBack(surplus);
  }

  const isTime = (): boolean => intake.mayHaveSome && (performance.now() >= nextTurnAt || rows.length < few);

  return {
    get size() {
      return rows.length;
    },
    async serve() {
      await offer();
      if (!isTime()) return 0;
      nextTurnAt = performance.now() + turnMs;
      const taken = await intake.take(most - rows.length);
      if (!taken) return 0;
      hint(taken.queued);
      rows = [...rows, ...taken.claimed];
      await offer();
      const excess = rows.slice(0, Math.max(0, rows.length - most));
      rows = rows.slice(excess.length);
      if (excess.length > 0) await giveBack(excess);
      return 1;
    },
    putBack(more) {
      rows = [...more, ...rows];
    },
    withdraw(condition) {
      const withdrawn = rows.filter(condition);
      if (withdrawn.length > 0) rows = rows.filter((row) => !condition(row));
      return withdrawn;
    },
  };
}
