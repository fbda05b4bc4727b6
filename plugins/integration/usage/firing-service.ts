import type { Dispatcher, Encryption, Knex } from '../../../src/plugin.ts';
import { createConditionRepository, type Watch } from '../conditions/condition-repository.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import { type Crossing, type Subject, toCallbackBody, triggerReason } from './callback-body.ts';
import { crossedPercents, isCrossed } from './crossing.ts';
import { createFiringRepository, type Firing, firingKey } from './firing-repository.ts';
import type { Counter, UsageReport } from './usage.ts';

/** A counter after these reports were added to it, in this order. */
export interface Movement {
  counter: Counter;
  reports: readonly Pick<UsageReport, 'application' | 'batchSize'>[];
}

/** A callback to send: its recipient and its data. */
type Due = Firing & Crossing & { organization: string };

export type FiringService = ReturnType<typeof createFiringService>;

/** Calls webhooks for crossed thresholds. Runs under the locks of the counters, so that no threshold fires twice. */
export function createFiringService({ dispatcher, encryption }: { dispatcher: Dispatcher; encryption: Encryption }) {
  return {
    /** Records the firings of these movements and enqueues their callbacks, in the caller's transaction. */
    async fire(trx: Knex.Transaction, movements: readonly Movement[], time: number): Promise<void> {
      const moved = movements.filter(crossesAny);
      if (moved.length === 0) return;
      const watches = await createConditionRepository(trx).findWatches(moved.map(({ counter }) => counter));
      const crossed = moved.flatMap((movement) => crossingsOf(movement, watches, time));
      if (crossed.length === 0) return;
      const repository = createFiringRepository(trx);
      // One lookup per cycle, for all of its crossed thresholds.
      const fired = await repository.findFired(moved.map(({ counter }) => counter));
      const due = crossed.filter((firing) => !fired.has(firingKey(firing)));
      if (due.length === 0) return;
      await send(trx, due);
      await repository.insert(due, time);
    },
  };

  /** Enqueues callbacks to existing, enabled webhooks. Callbacks to other webhooks are dropped. */
  async function send(trx: Knex.Transaction, due: readonly Due[]): Promise<void> {
    const webhooks = createWebhookRepository(trx, encryption);
    const enabled = new Set<string>();
    for (const [organization, group] of bySorted(due, (firing) => firing.organization)) {
      const ids = [...new Set(group.map(({ webhookId }) => webhookId))];
      for (const { id } of await webhooks.lockEnabled(organization, ids)) enabled.add(id);
    }
    const sendable = due.filter(({ webhookId }) => enabled.has(webhookId));
    if (sendable.length === 0) return;
    const ids = [...new Set(sendable.map(({ subscriptionId }) => subscriptionId))];
    const subjects = await createFiringRepository(trx).findSubjects(ids);
    const found = new Map(subjects.map((subject) => [subject.subscriptionId, subject]));
    await dispatcher.enqueue(
      trx,
      sendable.flatMap((firing) => toDelivery(firing, found.get(firing.subscriptionId))),
    );
  }
}

const toDelivery = (due: Due, subject: Subject | undefined) =>
  subject
    ? [
        {
          organization: due.organization,
          endpoint: { kind: webhookKind, id: due.webhookId },
          type: triggerReason,
          payload: JSON.stringify(toCallbackBody(subject, due)),
        },
      ]
    : [];

/** Whether any threshold is crossed, which is rare. */
function crossesAny({ counter, reports }: Movement): boolean {
  const { used: after, target, thresholds } = counter;
  const range = crossedPercents({ before: after - sumOf(reports), after, target });
  return range !== undefined && (JSON.parse(thresholds) as number[]).some((threshold) => isCrossed(threshold, range));
}

const sumOf = (reports: Movement['reports']): bigint =>
  BigInt(reports.reduce((sum, { batchSize }) => sum + batchSize, 0));

/** The percentages that each report of a movement has crossed. */
function stepsOf({ counter, reports }: Movement) {
  let after = counter.used - sumOf(reports);
  return reports.map(({ application, batchSize }) => {
    const before = after;
    after += BigInt(batchSize);
    return { application, range: crossedPercents({ before, after, target: counter.target }) };
  });
}

/** One firing per webhook and threshold, even if several conditions ask for it. */
function crossingsOf(movement: Movement, watches: readonly Watch[], time: number): Due[] {
  const { subscriptionId, organization, planId, cycle, target } = movement.counter;
  const own = watches.filter((watch) => watch.organization === organization && watch.planId === planId);
  const due = new Map<string, Due>();
  for (const { application, range } of stepsOf(movement)) {
    if (!range) continue;
    for (const { thresholds, webhooks } of own) {
      for (const threshold of thresholds.filter((each) => isCrossed(each, range))) {
        for (const webhookId of webhooks) {
          const firing = { subscriptionId, cycle, threshold, webhookId };
          due.set(firingKey(firing), { ...firing, organization, application, target, time });
        }
      }
    }
  }
  return [...due.values()];
}

/** Groups sorted by name: locks are taken in the same order everywhere. */
const bySorted = <T>(items: readonly T[], nameOf: (item: T) => string): [string, T[]][] =>
  [...Map.groupBy(items, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1));
