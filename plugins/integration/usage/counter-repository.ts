import type { Knex } from '../../../src/plugin.ts';
import { batchesOf } from '../batches.ts';
import { amongCycles, type CycleKey } from './cycle-keys.ts';
import type { Counter } from './usage.ts';

/** An amount to add to a counter. A call may contain each subscription only once. */
export interface Increment extends CycleKey {
  amount: bigint;
  /** The counter stops there. Without it, amounts are so small that no counter reaches the end of its column. */
  bound?: bigint | undefined;
}

interface Row {
  subscription_id: string;
  cycle: number;
  used: number;
}

/** The columns of the subscription are null when it does not exist any more. */
interface FoundRow {
  subscriptionId: string;
  organization: string | null;
  planId: string | null;
  cycle: number;
  used: string;
  target: string | null;
  thresholds: string | null;
}

/** The counter of the latest cycle in which usage was counted, with the plan of its subscription. */
export interface LatestCounter {
  subscriptionId: string;
  /** Null unless the plan is an adjustable notification plan. */
  durationMonths: number | null;
  /** Number of the custom attribute that the plan counts; null if it counts transactions. */
  ratingAttribute: number | null;
  /** Microseconds since 1970; null for an open-ended plan. */
  planEndAt: number | null;
  /** The thresholds of all conditions of the plan: sorted percentages as JSON; null if there never was a condition. */
  thresholds: string | null;
  /** Null if nothing was counted yet. */
  cycle: number | null;
  used: bigint;
}

type LatestRow = Omit<LatestCounter, 'used'> & { used: string | null };

const table = 'integration_counters';
const key = ['subscription_id', 'cycle'];

/** The amount, or what is left up to the bound. */
const bounded = `case when ${table}.used > ? then ? - ${table}.used else ? end`;

export type CounterRepository = ReturnType<typeof createCounterRepository>;

/** Counters by subscription and cycle. */
export function createCounterRepository(db: Knex) {
  return {
    /**
     * Adds to counters and resolves to their new values. The counters stay locked until the transaction ends, so the
     * values before are known too. Targets are read under the lock and are therefore current.
     */
    async add(increments: readonly Increment[]): Promise<Counter[]> {
      // Locks are taken in sorted order: two transactions cannot deadlock.
      const sorted = increments.toSorted((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1));
      const counters: Counter[] = [];
      for (const batch of batchesOf(sorted)) {
        await upsert(batch);
        counters.push(...(await read(batch)).flatMap(toCounter));
      }
      return counters;
    },

    /** Finds the latest counters of these subscriptions. */
    async findLatest(subscriptionIds: readonly string[]): Promise<LatestCounter[]> {
      const counters: LatestCounter[] = [];
      for (const batch of batchesOf(subscriptionIds)) {
        const rows = await readLatest(batch);
        counters.push(...rows.map((row) => ({ ...row, used: BigInt(row.used ?? 0) })));
      }
      return counters;
    },
  };

  async function readLatest(subscriptionIds: readonly string[]): Promise<LatestRow[]> {
    const latest = db.raw(`(select max(m.cycle) from ${table} m where m.subscription_id = s.id)`);
    return db('integration_subscriptions as s')
      .leftJoin('integration_rate_plans as r', (on) =>
        on.on('r.organization', 's.organization').andOn('r.id', 's.plan_id'),
      )
      .leftJoin('integration_plan_thresholds as t', (on) =>
        on.on('t.organization', 's.organization').andOn('t.plan_id', 's.plan_id'),
      )
      .leftJoin(`${table} as c`, (on) => on.on('c.subscription_id', 's.id').andOn('c.cycle', '=', latest))
      .whereIn('s.id', subscriptionIds)
      .select({
        subscriptionId: 's.id',
        ratingAttribute: 'r.rating_attribute',
        planEndAt: 'r.end_at',
        thresholds: 't.thresholds',
        cycle: 'c.cycle',
      })
      .select(
        db.raw('coalesce(r.duration_months, r.attribute_months) as durationMonths'),
        db.raw('cast(c.used as char(20)) as used'),
      );
  }

  /** One statement: another transaction could insert the counter between an update that finds no row and an insert. */
  async function upsert(increments: readonly Increment[]): Promise<void> {
    const rows = increments.map(({ subscriptionId, cycle, amount }) => ({
      subscription_id: subscriptionId,
      cycle,
      used: amount as unknown as number,
    }));
    // Each database has its own name for the row that was to be inserted; a CASE expression works on all of them.
    const cases = increments.map(({ bound }) => `when ? then ${bound === undefined ? '?' : bounded}`).join(' ');
    const amounts = increments.flatMap(({ subscriptionId, amount, bound }) => [
      subscriptionId,
      ...(bound === undefined ? [] : [bound - amount, bound]),
      amount,
    ]);
    const used = db.raw(`${table}.used + case ${table}.subscription_id ${cases} else 0 end`, amounts as never[]);
    await db<Row>(table)
      .insert(rows)
      .onConflict(key)
      .merge({ used: used as unknown as number });
  }

  /** Numbers are read as text: they may exceed the range of a driver's number. */
  async function read(increments: readonly Increment[]): Promise<FoundRow[]> {
    return db(`${table} as c`)
      .leftJoin('integration_subscriptions as s', 's.id', 'c.subscription_id')
      .leftJoin('integration_plan_thresholds as t', (on) =>
        on.on('t.organization', 's.organization').andOn('t.plan_id', 's.plan_id'),
      )
      .where(amongCycles(increments, 'c.'))
      .select({
        subscriptionId: 'c.subscription_id',
        cycle: 'c.cycle',
        organization: 's.organization',
        planId: 's.plan_id',
        thresholds: 't.thresholds',
      })
      .select(db.raw('cast(c.used as char(20)) as used'), db.raw('cast(s.quota_target as char(20)) as target'));
  }
}

function toCounter({ organization, planId, used, target, thresholds, ...key }: FoundRow): Counter[] {
  if (organization === null || planId === null || target === null) return [];
  return [{ ...key, organization, planId, used: BigInt(used), target: BigInt(target), thresholds: thresholds ?? '[]' }];
}
