import type { Knex, Page, PageQuery } from '../../../src/plugin.ts';
import { distributorTable } from '../distributors/distributor-rows.ts';
import { everyType, isOwnType, patternsOf } from './event-pattern.ts';

const table = 'integration_event_subscriptions';

interface Row {
  organization: string;
  pattern: string;
  distributor_id: string;
  node_id: string;
}

/**
 * Replaces the patterns of event types that a distributor subscribes to, and locks the distributor. `['*']` is the same as never
 * having set any; none: only events that are addressed to the distributor. Resolves to false if there is no such distributor.
 */
export async function setEventTypes(
  trx: Knex.Transaction,
  organization: string,
  distributorId: string,
  patterns: readonly string[],
): Promise<boolean> {
  const isSelective = !(patterns.length === 1 && patterns[0] === everyType);
  const own = { organization, id: distributorId };
  const [distributor] = await trx(distributorTable).where(own).forUpdate().select('node_id');
  if (!distributor) return false;
  await trx(distributorTable).where(own).update({ is_selective: isSelective });
  await deleteEventTypes(trx, distributorId);
  if (isSelective && patterns.length > 0)
    await trx<Row>(table).insert(
      patterns.map((pattern) => ({
        ...{ organization, pattern, distributor_id: distributorId },
        node_id: distributor.node_id,
      })),
    );
  return true;
}

/** Removes the patterns of a distributor that is deleted. */
export async function deleteEventTypes(trx: Knex, distributorId: string): Promise<void> {
  await trx<Row>(table).where({ distributor_id: distributorId }).delete();
}

/** The patterns of each of these distributors that exists, in the order of their characters. */
export async function eventTypesOf(db: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const distributors: { id: string; is_selective: number | boolean }[] = await db(distributorTable)
    .whereIn('id', [...ids])
    .select('id', 'is_selective');
  const types = new Map(distributors.map(({ id, is_selective }) => [id, is_selective ? [] : [everyType]]));
  const selective = distributors.filter((each) => each.is_selective).map(({ id }) => id);
  if (selective.length === 0) return types;
  const rows: Row[] = await db<Row>(table).whereIn('distributor_id', selective).orderBy(['distributor_id', 'pattern']);
  for (const { distributor_id, pattern } of rows) types.get(distributor_id)?.push(pattern);
  return types;
}

/**
 * A page of the distributors of the organization, or of one node, that subscribe to the type: their ids in ascending order. Each
 * pattern that matches the type is a range of an index, so the cost grows with the page and not with the number of subscriptions.
 */
export async function subscribersOf(
  db: Knex,
  { organization, nodeId, type }: { organization: string; nodeId?: string | undefined; type: string },
  { limit, cursor = '' }: PageQuery,
): Promise<Page<{ id: string }>> {
  const node = nodeId === undefined ? {} : { node_id: nodeId };
  const ranges = patternsOf(type).map((pattern) =>
    db(table)
      .where({ organization, ...node, pattern })
      .where('distributor_id', '>', cursor)
      .orderBy('distributor_id')
      .limit(limit + 1)
      .select({ id: 'distributor_id' }),
  );
  if (!isOwnType(type))
    ranges.push(
      db(distributorTable)
        .where({ organization, ...node, is_selective: false })
        .where('id', '>', cursor)
        .orderBy('id')
        .limit(limit + 1)
        .select('id'),
    );
  // Each range is a derived table: SQLite allows no order and limit in the parts of a union.
  const [first, ...others] = ranges.map((range, index) => db.from(range.as(`r${index}`)).select('id'));
  const rows: { id: string }[] = await (first as Knex.QueryBuilder)
    .union(others)
    .orderBy('id')
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
