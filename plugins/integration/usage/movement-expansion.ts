import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from '../../../src/plugin.ts';
import { createMovementTurns, type MovementTurnsParts } from './movement-turns.ts';

const stopWithinMs = 1000;

export type MovementExpansion = ReturnType<typeof createMovementExpansion>;

/**
 * Expands movements to callbacks, in transactions of at most 500 firings, each of which commits its firings together
 * with the movement's progress. Organizations take turns. Every process expands; the lock of a movement's row keeps two
 * from the same one.
 */
export function createMovementExpansion(parts: MovementTurnsParts) {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  const takeTurns = createMovementTurns(parts, () => isStopped);

  async function run(): Promise<void> {
    do {
      isWanted = false;
      while (!isStopped && (await takeTurns()));
    } while (isWanted && !isStopped);
  }

  /** A failed run is repeated, and its failure logged, by `expand`. */
  function start(): void {
    isWanted = true;
    if (!running && !isStopped) void track(run()).catch(() => undefined);
  }

  function track(work: Promise<void>): Promise<void> {
    running = work.finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    /** Expands what this transaction leaves behind, right after its commit. */
    wakeAfter(trx: Knex.Transaction): void {
      trx.executionPromise.then(start, () => undefined);
    },

    /**
     * Gives every organization one turn, also for the movements of processes that have died, and resolves. The other
     * turns follow in the background.
     */
    async expand(): Promise<void> {
      if (running || isStopped) return;
      let hasAdvanced = false;
      await track(
        takeTurns().then((advanced) => {
          hasAdvanced = advanced;
        }),
      );
      if (hasAdvanced || isWanted) start();
    },

    /**
     * Ends after the current transaction, which a frozen database may hold for longer than the second that it has. Other
     * movements wait for the next start or another process.
     */
    async stop(): Promise<void> {
      isStopped = true;
      await Promise.race([running?.catch(() => undefined), sleep(stopWithinMs, undefined, { ref: false })]);
    },
  };
}
