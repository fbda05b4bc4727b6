import type { Database, Knex } from '../../../src/plugin.ts';
import { createConditionRepository, type Watch } from '../conditions/condition-repository.ts';
import { crossedPercents, isCrossed } from './crossing.ts';
import type { MovementExpansion } from './movement-expansion.ts';
import { type Crossed, createMovementRepository, type Movement } from './movement-repository.ts';
import type { Counter, UsageReport } from './usage.ts';

/** A counter after these reports were added to it, in this order. */
export interface Counted {
  counter: Counter;
  /** Parts of the counter that make a unit of its target. */
  scale: bigint;
  reports: readonly CountedReport[];
}

/** A report and the amount that it added to a counter. */
export type CountedReport = Pick<UsageReport, 'application' | 'traceparent'> & { amount: bigint };

export type FiringService = ReturnType<typeof createFiringService>;

/**
 * Stores movements that cross thresholds, with the conditions and the target of that moment. Their callbacks are
 * enqueued after the commit: the counters stay locked until then, and there may be thousands.
 */
export function createFiringService(parts: {
  database: Pick<Database, 'skipLocked' | 'rows'>;
  expansion: Pick<MovementExpansion, 'wakeAfter'>;
}) {
  const { database, expansion } = parts;
  return {
    /** Stores the movements among these that cross thresholds, in the caller's transaction. */
    async fire(trx: Knex.Transaction, counted: readonly Counted[], time: number): Promise<void> {
      const moved = counted.filter(crossesAny);
      if (moved.length === 0) return;
      const watches = await createConditionRepository(trx).findWatches(moved.map(({ counter }) => counter));
      const movements = moved
        .map((each) => movementOf(each, watches, time))
        .filter(({ crossed }) => crossed.length > 0);
      if (movements.length === 0) return;
      for (const movement of movements) await createMovementRepository(trx, database).insert(movement);
      expansion.wakeAfter(trx);
    },
  };
}

/** Whether any threshold is crossed, which is rare. */
function crossesAny({ counter, scale, reports }: Counted): boolean {
  const { used: after, target, thresholds } = counter;
  const range = crossedPercents({ before: after - sumOf(reports), after, target: target * scale });
  return range !== undefined && (JSON.parse(thresholds) as number[]).some((threshold) => isCrossed(threshold, range));
}

export const sumOf = (reports: readonly CountedReport[]): bigint =>
  reports.reduce((sum, { amount }) => sum + amount, 0n);

/** The percentages that each report has crossed. */
function stepsOf({ counter, scale, reports }: Counted) {
  const target = counter.target * scale;
  let after = counter.used - sumOf(reports);
  return reports.map(({ application, amount, traceparent }) => {
    const before = after;
    after += amount;
    return { application, traceparent, range: crossedPercents({ before, after, target }) };
  });
}

/** One firing per webhook and threshold, even if several conditions ask for it. */
function movementOf(counted: Counted, watches: readonly Watch[], time: number): Omit<Movement, 'id'> {
  const { subscriptionId, organization, planId, cycle, target } = counted.counter;
  const own = watches.filter((watch) => watch.organization === organization && watch.planId === planId);
  const places = new Map<string, number>();
  const placeOf = (webhookId: string): number => {
    const place = places.get(webhookId) ?? places.size;
    places.set(webhookId, place);
    return place;
  };
  const crossed: Crossed[] = [];
  // Later steps have higher percentages.
  for (const { application, traceparent, range } of stepsOf(counted)) {
    if (!range) continue;
    const webhooksOf = new Map<number, Set<number>>();
    for (const { thresholds, webhooks } of own)
      for (const threshold of thresholds.filter((each) => isCrossed(each, range))) {
        const called = webhooksOf.get(threshold) ?? new Set();
        for (const webhookId of webhooks) called.add(placeOf(webhookId));
        webhooksOf.set(threshold, called);
      }
    for (const [threshold, called] of [...webhooksOf].sort(([a], [b]) => a - b))
      crossed.push({ threshold, application, traceparent, webhooks: [...called] });
  }
  return {
    ...{ organization, subscriptionId, cycle, target },
    ...{ webhooks: [...places.keys()], crossed, done: 0, crossedAt: time },
  };
}
