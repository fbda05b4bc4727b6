import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from '../../../src/errors.ts';
import { type Clock, isUniqueViolation, type Knex, type Logger } from '../../../src/plugin.ts';
import { createMovementRepository } from './movement-repository.ts';
import { createMovementStep, type MovementStepParts } from './movement-step.ts';

export interface MovementExpansionParts extends MovementStepParts {
  logger: Logger;
  now: Clock;
}

/** Pause of a movement that failed, in microseconds. */
const pauseMicros = 30_000_000;

export type MovementExpansion = ReturnType<typeof createMovementExpansion>;

/**
 * Expands movements to callbacks, in transactions of at most 500 firings, each of which commits its firings together
 * with the movement's progress. Organizations take turns. Every process expands; the lock of a movement's row keeps two
 * from the same one.
 */
export function createMovementExpansion(parts: MovementExpansionParts) {
  const { database, logger, now } = parts;
  const expandStep = createMovementStep(parts);
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;

  /** Every organization has one turn. Resolves to whether any movement advanced. */
  async function round(): Promise<boolean> {
    const time = now();
    const turns = await database.read((db) =>
      createMovementRepository(db, database).findTurns(time, time + pauseMicros),
    );
    let hasAdvanced = false;
    for (const id of turns) {
      if (isStopped) return false;
      if (await turn(id)) hasAdvanced = true;
      await nextTurn();
    }
    return hasAdvanced;
  }

  /** A movement that fails is postponed and stops no other. Throws if the database is away. */
  async function turn(id: string): Promise<boolean> {
    try {
      return await database.transaction((trx) => expandStep(trx, id));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      // Another process has just recorded the same firing for another movement: the next attempt sees it.
      if (isUniqueViolation(error)) return true;
      const { name, code } = error as { name?: string; code?: string };
      logger.error('crossed thresholds cannot be expanded', { movement: id, error: name, code });
      await database.statement((db) => createMovementRepository(db, database).postpone(id, now() + pauseMicros));
      return true;
    }
  }

  async function run(): Promise<void> {
    do {
      isWanted = false;
      while (!isStopped && (await round()));
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
        round().then((advanced) => {
          hasAdvanced = advanced;
        }),
      );
      if (hasAdvanced || isWanted) start();
    },

    /** Ends after the current transaction; other movements wait for the next start or another process. */
    async stop(): Promise<void> {
      isStopped = true;
      await running?.catch(() => undefined);
    },
  };
}
