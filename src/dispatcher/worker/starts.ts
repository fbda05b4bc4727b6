import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import type { Claimed } from '../model/delivery.ts';
import { mayHaveBegun, waitingToken } from '../store/lease-token.ts';
import { createQueueRepository } from '../store/queue-repository.ts';

interface Start {
  claimed: Claimed;
  resolve(begins: boolean): void;
  reject(error: unknown): void;
}

/** Concurrent transactions: the starts that arrive during one share the next. */
const transactionsAtOnce = 2;

/**
 * Stores that attempts begin, before they do: rows that merely waited in a process that died have had no attempt. Starts of
 * the same moment share a transaction.
 */
export function createStarts(database: Database) {
  const waiting: Start[] = [];
  let running = 0;
  let isPlanned = false;

  function plan(): void {
    if (isPlanned || waiting.length === 0 || running === transactionsAtOnce) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      void store(waiting.splice(0));
    });
  }

  async function store(starts: readonly Start[]): Promise<void> {
    running += 1;
    try {
      const rows = starts.map(({ claimed }) => claimed);
      const begun = await withDeadline(
        database.transaction((trx) => createQueueRepository(trx, database).begin(rows), { repeatable: true }),
      );
      for (const { claimed, resolve } of starts) {
        const begins = begun.has(claimed.id);
        if (begins) claimed.leaseToken = waitingToken(claimed.leaseToken);
        resolve(begins);
      }
    } catch (error) {
      for (const { reject } of starts) reject(error);
    }
    running -= 1;
    plan();
  }

  return {
    /** Resolves to false when the row's lease is gone, or the row is locked. Rejects when the database fails. */
    begin(claimed: Claimed): Promise<boolean> | boolean {
      if (mayHaveBegun(claimed.leaseToken)) return true;
      return new Promise((resolve, reject) => {
        waiting.push({ claimed, resolve, reject });
        plan();
      });
    },
  };
}
