import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiError } from '../../../src/errors.ts';
import {
  type Clock,
  type Database,
  type Dispatcher,
  type Encryption,
  isUniqueViolation,
  type Knex,
  type Logger,
} from '../../../src/plugin.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import { toCallbackBody, triggerReason } from './callback-body.ts';
import { createFiringRepository, type Firing, firingKey } from './firing-repository.ts';
import { createMovementRepository, type Movement } from './movement-repository.ts';

export interface MovementExpansionParts {
  database: Database;
  dispatcher: Dispatcher;
  encryption: Encryption;
  logger: Logger;
  now: Clock;
}

type Due = Firing & { application: string };

/** Firings of one transaction. */
const firingsAtOnce = 500;
/** Bodies that are built between two turns of the event loop. */
const bodiesAtOnce = 100;
/** Pause of a movement that failed, in microseconds. */
const pauseMicros = 30_000_000;

export type MovementExpansion = ReturnType<typeof createMovementExpansion>;

/**
 * Expands movements to callbacks, in transactions of at most 500 firings, each of which commits its firings together
 * with the movement's progress. Organizations take turns. Every process expands; the lock of a movement's row keeps two
 * from the same one.
 */
export function createMovementExpansion(parts: MovementExpansionParts) {
  const { database, dispatcher, encryption, logger, now } = parts;
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
      return await database.transaction((trx) => expandSome(trx, id));
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

  async function expandSome(trx: Knex.Transaction, id: string): Promise<boolean> {
    const movements = createMovementRepository(trx, database);
    const movement = await movements.lock(id);
    if (!movement) return false;
    const all = firingsOf(movement);
    const done = Math.min(movement.done + firingsAtOnce, all.length);
    const firings = all.slice(movement.done, done);
    const repository = createFiringRepository(trx);
    const fired = await repository.findFired(firings);
    const due = firings.filter((firing) => !fired.has(firingKey(firing)));
    await send(trx, movement, due);
    await repository.insert(due, movement.crossedAt);
    if (done < all.length) await movements.advance(id, done);
    else await movements.delete(id);
    return true;
  }

  /** Enqueues callbacks to existing, enabled webhooks. Callbacks to other webhooks are dropped. */
  async function send(trx: Knex.Transaction, movement: Movement, due: readonly Due[]): Promise<void> {
    if (due.length === 0) return;
    const { organization, subscriptionId, target, cycle, crossedAt: time } = movement;
    const ids = [...new Set(due.map(({ webhookId }) => webhookId))];
    const webhooks = await createWebhookRepository(trx, encryption).lockEnabled(organization, ids);
    const enabled = new Set(webhooks.map(({ id }) => id));
    const [subject] = await createFiringRepository(trx).findSubjects([subscriptionId]);
    if (!subject) return;
    const sendable = due.filter(({ webhookId }) => enabled.has(webhookId));
    for (let at = 0; at < sendable.length; at += bodiesAtOnce) {
      await nextTurn();
      await dispatcher.enqueue(
        trx,
        sendable.slice(at, at + bodiesAtOnce).map(({ webhookId, threshold, application }) => ({
          organization,
          endpoint: { kind: webhookKind, id: webhookId },
          type: triggerReason,
          payload: JSON.stringify(toCallbackBody(subject, { application, target, threshold, cycle, time })),
        })),
      );
    }
    await nextTurn();
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

/** All firings of a movement, by ascending threshold. */
const firingsOf = ({ subscriptionId, cycle, webhooks, crossed }: Movement): Due[] =>
  crossed.flatMap(({ threshold, application, webhooks: places }) =>
    places.map((place) => ({ subscriptionId, cycle, threshold, application, webhookId: webhooks[place] ?? '' })),
  );
