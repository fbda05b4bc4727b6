import type { Knex } from '../../../src/plugin.ts';

/** Identifies a cycle of a subscription. */
export interface CycleKey {
  subscriptionId: string;
  cycle: number;
}

/** SQLite rejects conditions of more than 1000 alternatives and inserts of more than 500 rows. */
const rowsAtOnce = 500;

/** Splits items into batches of at most `rowsAtOnce`, in their order. */
export function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += rowsAtOnce) yield items.slice(at, at + rowsAtOnce);
}

/** A condition that matches the rows of these cycles; at most `rowsAtOnce` of them. */
export function amongCycles(keys: readonly CycleKey[], prefix = '') {
  const groups = Map.groupBy(keys, ({ cycle }) => cycle);
  return (query: Knex.QueryBuilder): void => {
    for (const [cycle, group] of groups) {
      const ids = new Set(group.map(({ subscriptionId }) => subscriptionId));
      query.orWhere((either) => {
        either.where({ [`${prefix}cycle`]: cycle }).whereIn(`${prefix}subscription_id`, [...ids]);
      });
    }
  };
}
