import { setImmediate as nextTurn } from 'node:timers/promises';
import { isApiError } from '../../../src/errors.ts';
import { type Clock, isUniqueViolation, type Logger } from '../../../src/plugin.ts';
import { createMovementRepository, type DueTimes } from './movement-repository.ts';
import { createMovementStep, firingsAtOnce, type MovementStepParts } from './movement-step.ts';

export interface MovementTurnsParts extends MovementStepParts {
  logger: Logger;
  now: Clock;
}

/** Steps of one turn. */
const stepsAtOnce = 20;
/** Pause of a movement that failed, in microseconds. */
const pauseMicros = 30_000_000;

/**
 * Gives every organization with due movements one turn; resolves to whether any movement advanced.
 */
export function createMovementTurns(parts: MovementTurnsParts, isStopped: () => boolean) {
  const { database, logger, now } = parts;
  const expandStep = createMovementStep(parts);

  return async function takeTurns(): Promise<boolean> {
    const turns = await database.read((db) => createMovementRepository(db, database).findTurns(dueTimes()));
    let hasAdvanced = false;
    for (const organization of turns) {
      if (isStopped()) return false;
      if (await turn(organization)) hasAdvanced = true;
    }
    return hasAdvanced;
  };

  /** Some steps of an organization's movements, until the firings of one large step. */
  async function turn(organization: string): Promise<boolean> {
    let firings = 0;
    for (let steps = 0; steps < stepsAtOnce && firings < firingsAtOnce && !isStopped(); steps += 1) {
      const settled = await step(organization);
      await nextTurn();
      if (settled === undefined) return steps > 0;
      firings += settled;
    }
    return true;
  }

  /**
   * Resolves to the number of settled firings; undefined if no movement is due. A movement that fails is postponed and
   * stops no other. Throws if the database is away.
   */
  async function step(organization: string): Promise<number | undefined> {
    let id: string | undefined;
    try {
      return await database.transaction(async (trx) => {
        id = await createMovementRepository(trx, database).lockNext(organization, dueTimes());
        return id === undefined ? undefined : await expandStep(trx, id);
      });
    } catch (error) {
      if (isApiError(error) || id === undefined) throw error;
      // Another process has just recorded the same firing for another movement: the next attempt sees it.
      if (isUniqueViolation(error)) return 0;
      const movement = id;
      const { name, code } = error as { name?: string; code?: string };
      logger.error('crossed thresholds cannot be expanded', { movement, error: name, code });
      await database.statement((db) => createMovementRepository(db, database).postpone(movement, now() + pauseMicros));
      return 0;
    }
  }

  function dueTimes(): DueTimes {
    const time = now();
    return { now: time, latest: time + pauseMicros };
  }
}
