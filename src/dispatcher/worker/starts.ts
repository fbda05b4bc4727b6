import type { Database } from '../../database/database.ts';
import type { Claimed } from '../model/delivery.ts';
import { mayHaveBegun } from '../store/lease-token.ts';
import { turnTokens } from '../store/turn-tokens.ts';

interface Start {
  claimed: Claimed;
  /** When it was asked for, in milliseconds. */
  askedAt: number;
  resolve(begins: boolean): void;
  reject(error: unknown): void;
}

/**
 * How long a locked row is tried: a claim locks the rows that it passes for some milliseconds, and a row whose lease is given
 * back needs a claim of its own.
 */
const usualPatienceMs = 100;
const lockPauseMs = 5;

/**
 * Stores that attempts begin, before they do: rows that merely waited in a process that died have had no attempt. Starts that
 * arrive during one statement share the next.
 */
export function createStarts(database: Database, patienceMs = usualPatienceMs) {
  const waiting: Start[] = [];
  let isRunning = false;
  let isPlanned = false;

  function add(...starts: readonly Start[]): void {
    waiting.push(...starts);
    plan();
  }

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
    const again: Start[] = [];
    try {
      const { turned, locked } = await turnTokens(
        database,
        starts.map(({ claimed }) => claimed),
      );
      for (const start of starts) {
        const { claimed, askedAt, resolve } = start;
        if (locked.has(claimed) && performance.now() - askedAt < patienceMs) again.push(start);
        else resolve(turned.has(claimed));
      }
    } catch (error) {
      for (const { reject } of starts) reject(error);
    }
    isRunning = false;
    plan();
    if (again.length > 0) setTimeout(() => add(...again), lockPauseMs);
  }

  return {
    /** Resolves to false when the row's lease is gone, or the row is locked. Rejects when the database fails. */
    begin(claimed: Claimed): Promise<boolean> | boolean {
      if (mayHaveBegun(claimed.leaseToken)) return true;
      return new Promise((resolve, reject) => {
        add({ claimed, askedAt: performance.now(), resolve, reject });
      });
    },
  };
}
