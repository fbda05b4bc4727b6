import type { Database, Knex } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { idList } from '../../database/sql-text.ts';
import { queueTable } from './queue-repository.ts';

export const orderTable = 'dispatcher_order';
const byEndpoint = `${orderTable}_endpoint_key_position`;

/** Entries that a claim reads of each endpoint: the ones of deliveries that are settled are removed by the way. */
export const entriesRead = 32;
/** Entries of one statement. */
const atOnce = 500;
/** Pages of entries that are looked at for each purge. */
const purgedPages = 40;

export interface OrderedDelivery {
  endpointKey: number;
  deliveryId: string;
}

/** A delivery in the order, with its queue row; without one, it is settled. Times are microseconds. */
export interface Entry {
  position: number;
  endpoint_key: number;
  delivery_id: string;
  due_at: number | null;
  lease_until: number | null;
}

/** Adds deliveries at the end, in their order. */
export async function appendToOrder(db: Knex, deliveries: readonly OrderedDelivery[]): Promise<void> {
  const valuesOf = (one: OrderedDelivery): string => `(${one.endpointKey}, ${idList([one.deliveryId])})`;
  for (let at = 0; at < deliveries.length; at += atOnce) {
    const values = deliveries.slice(at, at + atOnce).map(valuesOf);
    await db.raw(`insert into ${orderTable} (endpoint_key, delivery_id) values ${values.join(',')}`);
  }
}

type Dialect = Pick<Database, 'rows' | 'skipLocked' | 'useIndex' | 'deleteByIds'>;

/** The order of the deliveries to ordered endpoints. */
export function createOrderRepository(db: Knex, { rows, skipLocked, useIndex, deleteByIds }: Dialect) {
  const columns = 'o.position, o.endpoint_key, o.delivery_id, q.due_at, q.lease_until';
  const joined = `left join ${queueTable} q on q.delivery_id = o.delivery_id`;

  async function removeIds(ids: readonly string[], upTo = Number.MAX_SAFE_INTEGER): Promise<void> {
    for (let at = 0; at < ids.length; at += atOnce)
      await db.raw(deleteByIds(orderTable, 'delivery_id', ids.slice(at, at + atOnce), `x.position <= ${upTo}`));
  }

  return {
    /** Adds deliveries at the end, of which another process may add some at this moment: they keep their first position. */
    async adopt(deliveries: readonly OrderedDelivery[]): Promise<void> {
      await db(orderTable)
        .insert(deliveries.map((one) => ({ endpoint_key: one.endpointKey, delivery_id: one.deliveryId })))
        .onConflict('delivery_id')
        .ignore();
    },

    /** The first entries of each endpoint, and the ones at `positions`. */
    async first(endpointKeys: readonly number[], positions: readonly number[]): Promise<Entry[]> {
      const one = (key: number): string =>
        `select * from (select ${columns} from ${orderTable} o ${joined} where o.endpoint_key = ${key} order by o.position limit ${entriesRead}) one`;
      const at = `select ${columns} from ${orderTable} o ${joined} where o.position in (${positions.join(',')})`;
      return rows(await db.raw([...endpointKeys.map(one), ...(positions.length > 0 ? [at] : [])].join(' union all ')));
    },

    /** The next entries of all endpoints, in the order of their positions. */
    async after(position: number, limit: number): Promise<Entry[]> {
      const sql = `select ${columns} from ${orderTable} o ${joined} where o.position > ? order by o.position limit ?`;
      return rows(await db.raw(sql, [position, limit]));
    },

    /** Ids of due deliveries that are not in the order: leased ones first, then by age. Among the first `limit` due ones. */
    async strangers(endpointKey: number, now: number, limit: number): Promise<string[]> {
      const due = `select delivery_id, lease_until from ${queueTable} where endpoint_key = ? and due_at <= ? order by due_at limit ?`;
      const sql = `select due.delivery_id from (${due}) due left join ${orderTable} o on o.delivery_id = due.delivery_id where o.delivery_id is null order by case when due.lease_until > ? then 0 else 1 end, due.delivery_id`;
      const found = rows<{ delivery_id: string }>(await db.raw(sql, [endpointKey, now, limit, now]));
      return found.map((row) => row.delivery_id);
    },

    async hasEntries(endpointKey: number): Promise<boolean> {
      return (await db(orderTable).where({ endpoint_key: endpointKey }).first('position')) !== undefined;
    },

    async idsOf(endpointKey: number): Promise<string[]> {
      const sql = `select delivery_id from ${orderTable}${useIndex(byEndpoint)} where endpoint_key = ?`;
      return rows<{ delivery_id: string }>(await db.raw(sql, [endpointKey])).map((row) => row.delivery_id);
    },

    /** Removes the entries of these deliveries. */
    remove: (ids: readonly string[]): Promise<void> => removeIds(ids),

    /** Removes entries, except ones that another transaction has locked. */
    async removeUnlocked(entries: readonly Pick<Entry, 'delivery_id' | 'position'>[]): Promise<void> {
      // A delivery that was sent again meanwhile has a greater position.
      const upTo = Math.max(...entries.map(({ position }) => position));
      const ids = idList(entries.map((entry) => entry.delivery_id));
      const sql = `select delivery_id from ${orderTable} where delivery_id in (${ids}) and position <= ?${skipLocked}`;
      const locked = rows<{ delivery_id: string }>(await db.raw(sql, [upTo]));
      await removeIds(
        locked.map((row) => row.delivery_id),
        upTo,
      );
    },
  };
}

/** Puts a delivery that is sent again at the end of the order, if its endpoint has one. */
export async function moveToEnd(trx: Knex, database: Database, delivery: OrderedDelivery): Promise<void> {
  const order = createOrderRepository(trx, database);
  if (!(await order.hasEntries(delivery.endpointKey))) return;
  await order.remove([delivery.deliveryId]);
  await appendToOrder(trx, [delivery]);
}

/** Removes entries of settled deliveries, in small batches, among the oldest ones: claims remove most of them. */
export async function purgeOrder(database: Database, signal?: AbortSignal): Promise<void> {
  let position = 0;
  for (let pages = 0; pages < purgedPages && !signal?.aborted; pages += 1) {
    const page = await database.read((db) => createOrderRepository(db, database).after(position, atOnce));
    await removeSettled(database, page);
    if (page.length < atOnce) return;
    position = page.at(-1)?.position ?? 0;
  }
}

/** Removes the entries of deliveries that are settled. */
export async function removeSettled(database: Database, entries: readonly Entry[]): Promise<void> {
  const settled = entries.filter((entry) => entry.due_at === null);
  if (settled.length > 0)
    await withDeadline(database.transaction((trx) => createOrderRepository(trx, database).removeUnlocked(settled)));
}
