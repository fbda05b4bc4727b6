import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Dispatcher, Encryption, Knex } from '../../../src/plugin.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import { toCallbackBody, triggerReason } from './callback-body.ts';
import { createFiringRepository, type Firing, firingKey } from './firing-repository.ts';
import { createMovementRepository, type Movement } from './movement-repository.ts';

export interface MovementStepParts {
  database: Database;
  dispatcher: Dispatcher;
  encryption: Encryption;
}

type Due = Firing & { application: string };

/** Firings of one transaction. */
export const firingsAtOnce = 500;
/** Firings that are handled between two turns of the event loop. */
const turnSize = 100;
/** Records the next firings of a movement and enqueues their callbacks, in the caller's transaction. */
export function createMovementStep({ database, dispatcher, encryption }: MovementStepParts) {
  /** The caller has locked the movement. Resolves to the number of its firings that were settled. */
  return async function expandStep(trx: Knex.Transaction, id: string): Promise<number> {
    const movements = createMovementRepository(trx, database);
    const movement = await movements.find(id);
    if (!movement) return 0;
    const all = firingsOf(movement);
    const done = Math.min(movement.done + firingsAtOnce, all.length);
    const firings = all.slice(movement.done, done);
    const repository = createFiringRepository(trx);
    await nextTurn();
    const fired = await repository.findFired(firings);
    const due = firings.filter((firing) => !fired.has(firingKey(firing)));
    await send(trx, movement, due);
    for (let at = 0; at < due.length; at += turnSize) {
      await repository.insert(due.slice(at, at + turnSize), movement.crossedAt);
      await nextTurn();
    }
    if (done < all.length) await movements.advance(id, done);
    else await movements.delete(id);
    return firings.length;
  };

  /** Enqueues callbacks to existing, enabled webhooks. Callbacks to other webhooks are dropped. */
  async function send(trx: Knex.Transaction, movement: Movement, due: readonly Due[]): Promise<void> {
    if (due.length === 0) return;
    const { organization, subscriptionId, target, cycle, crossedAt: time } = movement;
    const ids = [...new Set(due.map(({ webhookId }) => webhookId))];
    const webhooks = await createWebhookRepository(trx, encryption).lockEnabled(organization, ids);
    const enabled = new Set(webhooks.map(({ id }) => id));
    await nextTurn();
    const [subject] = await createFiringRepository(trx).findSubjects([subscriptionId]);
    if (!subject) return;
    const sendable = due.filter(({ webhookId }) => enabled.has(webhookId));
    for (let at = 0; at < sendable.length; at += turnSize) {
      await nextTurn();
      await dispatcher.enqueue(
        trx,
        sendable.slice(at, at + turnSize).map(({ webhookId, threshold, application }) => ({
          organization,
          endpoint: { kind: webhookKind, id: webhookId },
          type: triggerReason,
          payload: JSON.stringify(toCallbackBody(subject, { application, target, threshold, cycle, time })),
        })),
      );
    }
    await nextTurn();
  }
}

/** All firings of a movement, by ascending threshold. */
const firingsOf = ({ subscriptionId, cycle, webhooks, crossed }: Movement): Due[] =>
  crossed.flatMap(({ threshold, application, webhooks: places }) =>
    places.map((place) => ({ subscriptionId, cycle, threshold, application, webhookId: webhooks[place] ?? '' })),
  );
