import type { Clock, Knex } from '../../../src/plugin.ts';
import { isInCalendar, toMilliseconds } from '../apigee/apigee-dates.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { addMonths, cycleAt } from './billing-cycle.ts';
import { createCounterRepository, type LatestCounter } from './counter-repository.ts';
import { type JsonNumber, scaleOf, toJsonNumber } from './quantity.ts';

/** Usage of a subscription in its running billing cycle, or in its last one after its end. */
export interface SubscriptionUsage {
  /** Transactions, or units of the custom attribute that the plan counts: exact, with up to four decimals. */
  count: JsonNumber;
  /** Percentage of the quota target, rounded down to hundredths; null without a target. */
  percent: number | null;
  /** Start of the next cycle in milliseconds since 1970; null if the count is not reset any more, or after 9999. */
  resetAt: number | null;
  /** Percentages at which conditions of the plan call webhooks: sorted ascending, unique. */
  thresholds: readonly number[];
}

export type UsedSubscription = Subscription & { usage: SubscriptionUsage };

/** Adds their usage to subscriptions, which may belong to different plans. Reads all counters with one statement. */
export async function withUsage(
  db: Knex,
  subscriptions: readonly Subscription[],
  now: Clock,
): Promise<UsedSubscription[]> {
  const counters = await createCounterRepository(db).findLatest(subscriptions.map(({ id }) => id));
  const byId = new Map(counters.map((counter) => [counter.subscriptionId, counter]));
  const time = now();
  return subscriptions.map((each) => ({ ...each, usage: usageOf(each, byId.get(each.id), time) }));
}

function usageOf(subscription: Subscription, latest: LatestCounter | undefined, time: number): SubscriptionUsage {
  const { startAt, quotaTarget } = subscription;
  const thresholds = JSON.parse(latest?.thresholds ?? '[]') as number[];
  const target = BigInt(quotaTarget);
  const scale = scaleOf(latest?.ratingAttribute ?? null);
  const percentOf = (used: bigint) => (target === 0n ? null : Number((used * 10_000n) / (target * scale)) / 100);
  if (!latest || latest.durationMonths === null) return { count: 0, percent: percentOf(0n), resetAt: null, thresholds };
  const end = Math.min(subscription.endAt ?? Infinity, latest.planEndAt ?? Infinity);
  const start = toMilliseconds(startAt);
  const moment = Math.max(start, toMilliseconds(Math.min(time, end - 1)));
  const running = cycleAt(start, latest.durationMonths, moment)?.number ?? 0;
  // Another process, whose clock is ahead, may have counted in the next cycle.
  const cycle = Math.max(running, latest.cycle ?? 0);
  const used = latest.cycle === cycle ? latest.used : 0n;
  const resetAt = addMonths(start, (cycle + 1) * latest.durationMonths);
  return {
    count: toJsonNumber(used, scale),
    percent: percentOf(used),
    resetAt: time < end && isInCalendar(resetAt) ? resetAt : null,
    thresholds,
  };
}
