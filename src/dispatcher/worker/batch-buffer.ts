import type { Claimed } from '../model/delivery.ts';
import type { BatchClaims } from './batch-claims.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';

export interface BatchBuffer {
  /** Rows that wait here. */
  readonly size: number;
  /** Offers what waits here, and takes other batches when it is time. Resolves to whether there were any, as a number. */
  serve(): Promise<number>;
  /** Takes back rows that there is no room for after all. */
  putBack(rows: readonly Claimed[]): void;
  /** Takes away the rows that meet a condition. */
  withdraw(condition: (row: Claimed) => boolean): Claimed[];
}

/** With fewer at hand the next batches are taken: what is at hand is sent while the database is at it. */
const few = 250;
/** With more at hand the oldest go into the queue. */
const most = 750;
/** However much is at hand and in the queue, a batch does not wait longer for its turn. */
const turnMs = 100;

/**
 * Rows of batches that wait for a moment, until what their endpoints have in the queue has passed. They would also wait in the
 * queue, but getting there and back costs more than sending them. What there is no room for goes there at once, so that it
 * keeps nobody else waiting.
 */
export function createBatchBuffer(parts: {
  intake: BatchClaims;
  scheduler: EndpointScheduler;
  /** Rows that are claimed and wait for a slot, at most. */
  concurrency: number;
  takeUp: (rows: readonly Claimed[]) => Promise<void>;
  /** Puts rows into the queue. */
  giveBack: (rows: readonly Claimed[]) => Promise<void>;
  /** Called with endpoints that have something in the queue. */
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
