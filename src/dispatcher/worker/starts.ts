import type { Database } from '../../database/database.ts';
import type { Claimed } from '../model/delivery.ts';
import { beginAttempts } from '../store/begin-attempts.ts';
import { mayHaveBegun, waitingToken } from '../store/lease-token.ts';

interface Start {
  claimed: Claimed;
  resolve(begins: boolean): void;
  reject(error: unknown): void;
}

/**
 * Stores that attempts begin, before they do: rows that merely waited in a process that died have had no attempt. Starts that
 * arrive during one statement share the next.
 */
export function createStarts(database: Database) {
  const waiting: Start[] = [];
  let isRunning = false;
  let isPlanned = false;

  function plan(): void {
    if (isPlanned || waiting.length === 0 || isRunning) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      void store(waiting.splice(0));
    });
  }

  async function store(starts: readonly Start[]): Promise<void> {
    isRunning = true;
    try {
      const begun = await beginAttempts(
        database,
        starts.map(({ claimed }) => claimed),
      );
      for (const { claimed, resolve } of starts) {
        const begins = begun.has(claimed);
        if (begins) claimed.leaseToken = waitingToken(claimed.leaseToken);
        resolve(begins);
      }
    } catch (error) {
      for (const { reject } of starts) reject(error);
    }
    isRunning = false;
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
