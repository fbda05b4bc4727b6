import type { Knex } from '../../../src/plugin.ts';

/** A cycle of a subscription. */
export interface CycleKey {
  subscriptionId: string;
  cycle: number;
}

/** SQLite takes neither a condition of over 1000 alternatives nor an insert of over 500 rows. */
const rowsAtOnce = 500;

/** In their order, no more than `rowsAtOnce` together. */
export function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += rowsAtOnce) yield items.slice(at, at + rowsAtOnce);
}

/** Where the row is about one of these, of which there are no more than `rowsAtOnce`. */
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
