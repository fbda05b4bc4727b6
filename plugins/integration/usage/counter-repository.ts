import type { Knex } from '../../../src/plugin.ts';
import { amongCycles, batchesOf, type CycleKey } from './cycle-keys.ts';
import type { Counter } from './usage.ts';

/** What is to be added to a counter. No two of one subscription in one call. */
export interface Increment extends CycleKey {
  amount: number;
}

interface Row {
  subscription_id: string;
  cycle: number;
  used: number;
}

/** What belongs to the subscription is null when that is gone. */
interface FoundRow {
  subscriptionId: string;
  organization: string | null;
  planId: string | null;
  cycle: number;
  used: string;
  target: string | null;
  thresholds: string | null;
}

const table = 'integration_counters';
const key = ['subscription_id', 'cycle'];

export type CounterRepository = ReturnType<typeof createCounterRepository>;

/** Counters by subscription and cycle. */
export function createCounterRepository(db: Knex) {
  return {
    /**
     * Adds, and gives the counters as they are then. Nobody else changes one of them until the transaction ends, so that what
     * was there before is known as well. Targets are read after that, and are those of the moment.
     */
    async add(increments: readonly Increment[]): Promise<Counter[]> {
      // In one order, so that two transactions do not wait for each other.
      const sorted = increments.toSorted((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1));
      const counters: Counter[] = [];
      for (const batch of batchesOf(sorted)) {
        await upsert(batch);
        counters.push(...(await read(batch)).flatMap(toCounter));
      }
      return counters;
    },
  };

  /** One statement: after an update that found no counter, somebody else may make it before we do. */
  async function upsert(increments: readonly Increment[]): Promise<void> {
    const rows = increments.map(({ subscriptionId, cycle, amount }) => ({
      subscription_id: subscriptionId,
      cycle,
      used: amount,
    }));
    // The row that was refused has a name of its own on every database.
    const cases = increments.map(() => 'when ? then ?').join(' ');
    const amounts = increments.flatMap(({ subscriptionId, amount }) => [subscriptionId, amount]);
    const used = db.raw(`${table}.used + case ${table}.subscription_id ${cases} else 0 end`, amounts);
    await db<Row>(table)
      .insert(rows)
      .onConflict(key)
      .merge({ used: used as unknown as number });
  }

  /** Numbers as text: they may be larger than what a driver's number holds. */
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
