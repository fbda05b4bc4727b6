import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Dispatcher, Encryption, Knex } from '../../../src/plugin.ts';
import { appsById } from '../developer-apps/apps-by-id.ts';
import type { FiredThreshold } from '../usage-notifications/usage-notification.ts';
import { createUsageNotificationRepository } from '../usage-notifications/usage-notification-repository.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import { toCallbackBody, triggerReason } from './callback-body.ts';
import { createFiringRepository, type Firing, firingKey } from './firing-repository.ts';
import { type Crossed, createMovementRepository, type Movement } from './movement-repository.ts';

export interface MovementStepParts {
  database: Database;
  dispatcher: Dispatcher;
  encryption: Encryption;
}

type Due = Firing & Pick<Crossed, 'application' | 'traceparent'>;

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
    const deliveryIds = await send(trx, movement, due);
    for (let at = 0; at < due.length; at += turnSize) {
      const turn = due.slice(at, at + turnSize).map((each) => ({ ...each, deliveryId: deliveryIds.get(each) }));
      await repository.insert(turn, movement.crossedAt);
      await nextTurn();
    }
    await createUsageNotificationRepository(trx).insert(movement.organization, thresholdsOf(due, movement.crossedAt));
    if (done < all.length) await movements.advance(id, done);
    else await movements.delete(id);
    return firings.length;
  };

  /**
   * Enqueues callbacks to existing, enabled webhooks. Callbacks to other webhooks are dropped. Resolves to the ids of the
   * deliveries.
   */
  async function send(
    trx: Knex.Transaction,
    movement: Movement,
    due: readonly Due[],
  ): Promise<ReadonlyMap<Due, string>> {
    const deliveryIds = new Map<Due, string>();
    if (due.length === 0) return deliveryIds;
    const { organization, subscriptionId, target, cycle, crossedAt: time } = movement;
    const ids = [...new Set(due.map(({ webhookId }) => webhookId))];
    const webhooks = await createWebhookRepository(trx, encryption).lockEnabled(organization, ids);
    const enabled = new Map(webhooks.map(({ id, ordered }) => [id, ordered]));
    await nextTurn();
    const [subject] = await createFiringRepository(trx).findSubjects([subscriptionId]);
    if (!subject) return deliveryIds;
    const apps = await appsById(
      trx,
      organization,
      due.map(({ application }) => application),
    );
    const nameOf = (application: string): string => apps.get(application)?.name ?? application;
    const sendable = due.filter(({ webhookId }) => enabled.has(webhookId));
    for (let at = 0; at < sendable.length; at += turnSize) {
      await nextTurn();
      const turn = sendable.slice(at, at + turnSize);
      const accepted = await dispatcher.enqueue(
        trx,
        turn.map(({ webhookId, threshold, application, traceparent }) => ({
          organization,
          endpoint: { kind: webhookKind, id: webhookId },
          ordered: enabled.get(webhookId) ?? false,
          type: triggerReason,
          traceparent,
          payload: JSON.stringify(
            toCallbackBody(subject, { application: nameOf(application), target, threshold, cycle, time }),
          ),
        })),
      );
      for (const [index, { id }] of accepted.entries()) deliveryIds.set(turn[index] as Due, id);
    }
    await nextTurn();
    return deliveryIds;
  }
}

/** The thresholds of firings, each once. */
const thresholdsOf = (due: readonly Due[], firedAt: number): FiredThreshold[] =>
  [...new Map(due.map((each) => [each.threshold, each])).values()].map(({ subscriptionId, cycle, threshold }) => ({
    ...{ subscriptionId, cycle, threshold, firedAt },
  }));

/** All firings of a movement, by ascending threshold. */
const firingsOf = ({ subscriptionId, cycle, webhooks, crossed }: Movement): Due[] =>
  crossed.flatMap(({ threshold, application, traceparent, webhooks: places }) =>
    places.map((place) => ({
      ...{ subscriptionId, cycle, threshold, application, traceparent },
      webhookId: webhooks[place] ?? '',
    })),
  );
