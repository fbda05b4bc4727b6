import type { Knex } from '../../../src/plugin.ts';

/** Identifies a cycle of a subscription. */
export interface CycleKey {
  subscriptionId: string;
  cycle: number;
}

/** A condition that matches the rows of these cycles; at most one batch of them. */
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
