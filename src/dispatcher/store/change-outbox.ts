import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import { idList } from '../../database/sql-text.ts';
import type { EndpointChange } from '../model/endpoint-change.ts';
import { firstIdAt } from './id-times.ts';
import { deliveryTable } from './queue-repository.ts';

const table = 'dispatcher_changes';
/** Changes of one row: some 400 bytes each. */
const changesOfRow = 50;
const rowsAtOnce = 20;
const purgedAtOnce = 500;
/** Rows that are kept. */
const maxRows = 20_000;

/**
 * Adds changes to the outbox, in the transaction that makes them. It touches no row of another transaction, so it waits for
 * none.
 */
export async function noteChanges(trx: Knex, changes: readonly EndpointChange[]): Promise<void> {
  const contents: [organization: string, content: string][] = [];
  for (const [organization, all] of Map.groupBy(changes, (change) => change.organization))
    for (let at = 0; at < all.length; at += changesOfRow)
      contents.push([organization, JSON.stringify(all.slice(at, at + changesOfRow))]);
  if (contents.length === 0) return;
  // Ids of one millisecond have no order of their own.
  const ids = contents.map(() => randomUUIDv7()).sort();
  const rows = contents.map((content, at) => [ids[at], ...content]);
  await insertRows(trx, table, ['id', 'organization', 'content'], rows);
}

/** The next organizations with changes, in the order of their names. */
export async function organizationsWithChanges(db: Knex, after: string, limit: number): Promise<string[]> {
  return db(table)
    .where('organization', '>', after)
    .groupBy('organization')
    .orderBy('organization')
    .limit(limit)
    .pluck('organization');
}

/**
 * Takes the oldest changes of an organization out of the outbox; undefined while another process takes some. That process is the
 * only one until the transaction ends.
 */
export async function takeChanges(
  trx: Knex,
  database: Pick<Database, 'skipLocked' | 'rows' | 'deleteByIds'>,
  organization: string,
): Promise<EndpointChange[] | undefined> {
  const turn = database.rows(await trx.raw(`select id from ${table} where id = ''${database.skipLocked}`));
  if (turn.length === 0) return undefined;
  const rows: { id: string; content: string }[] = await trx(table)
    .where({ organization })
    .orderBy('id')
    .limit(rowsAtOnce)
    .select('id', 'content');
  const changes: EndpointChange[] = [];
  const taken: string[] = [];
  for (const { id, content } of rows) {
    if (changes.length >= changesOfRow) break;
    changes.push(...(JSON.parse(content) as EndpointChange[]));
    taken.push(id);
  }
  if (taken.length > 0) await trx.raw(database.deleteByIds(table, 'id', taken));
  return withEventIds(trx, changes);
}

/** A result does not know the event of its delivery. */
async function withEventIds(trx: Knex, changes: readonly EndpointChange[]): Promise<EndpointChange[]> {
  const ids = changes.flatMap((each) => (each.change === 'given_up' ? each.delivery.id : []));
  if (ids.length === 0) return [...changes];
  const rows: { id: string; event_id: string }[] = await trx(deliveryTable)
    .whereRaw(`id in (${idList(ids)})`)
    .select('id', 'event_id');
  const found = new Map(rows.map(({ id, event_id }) => [id, event_id]));
  return changes.map((each) =>
    each.change === 'given_up'
      ? { ...each, delivery: { ...each.delivery, eventId: found.get(each.delivery.id) } }
      : each,
  );
}

/** Deletes some changes from before `before` (microseconds), and the oldest of too many; resolves to the number of rows. */
export async function purgeChanges(
  trx: Knex,
  database: Pick<Database, 'deleteByIds'>,
  before: number,
): Promise<number> {
  const [last]: string[] = await trx(table)
    .where('id', '>', '')
    .orderBy('id', 'desc')
    .offset(maxRows)
    .limit(1)
    .pluck('id');
  const upTo = [firstIdAt(before), last ?? ''].sort().at(-1) ?? '';
  const ids: string[] = await trx(table)
    .where('id', '>', '')
    .where('id', '<', upTo)
    .orderBy('id')
    .limit(purgedAtOnce)
    .pluck('id');
  if (ids.length > 0) await trx.raw(database.deleteByIds(table, 'id', ids));
  return ids.length;
}
