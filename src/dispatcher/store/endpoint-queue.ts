import type { Database, Knex } from '../../database/database.ts';
import { storedStatus } from '../model/delivery.ts';
import { noLease } from './lease-token.ts';
import { deliveryTable, never, type QueueRow, queueTable } from './queue-repository.ts';

const idsAtOnce = 500;

export interface HeldEndpoint {
  endpointKey: number;
  kind: string;
  id: string;
}

/** Queued rows of one endpoint: held, released and cancelled together. Times are microseconds. */
export function createEndpointQueue(db: Knex, database: Pick<Database, 'rows'>) {
  const rowsOf = (endpointKey: number, kind: string, id: string) =>
    db<QueueRow>(queueTable).where({ endpoint_key: endpointKey, endpoint_kind: kind, endpoint_id: id });

  return {
    /**
     * The next endpoints with held rows, in the order of their keys. One index seek for each, because one endpoint may
     * have a million rows. Servers seek by the single comparisons, SQLite by the pair.
     */
    async heldAfter(endpointKey: number, limit: number): Promise<HeldEndpoint[]> {
      const sql = `select endpoint_key as endpointKey, endpoint_kind as kind, endpoint_id as id from ${queueTable} where (due_at, endpoint_key) > (?, ?) and due_at >= ? and endpoint_key > ? order by due_at, endpoint_key limit 1`;
      const found: HeldEndpoint[] = [];
      for (let after = endpointKey; found.length < limit; ) {
        const [next] = database.rows<HeldEndpoint>(await db.raw(sql, [never, after, never, after]));
        if (!next) break;
        found.push(next);
        after = next.endpointKey;
      }
      return found;
    },

    /** Holds waiting rows at once, and rows in flight when their leases are given back or their retries are stored. */
    async hold(endpointKey: number, kind: string, id: string): Promise<void> {
      await rowsOf(endpointKey, kind, id).update({
        due_at: db.raw('case when lease_token = ? then ? else due_at end', [noLease, never]),
        held: 1,
      });
    },

    /** Makes held rows due at `now`. */
    async release(endpointKey: number, kind: string, id: string, now: number): Promise<void> {
      await rowsOf(endpointKey, kind, id)
        .where({ held: 1 })
        .update({ due_at: db.raw('case when due_at = ? then ? else due_at end', [never, now]), held: 0 });
    },

    /** Whether an endpoint has deliveries that are not settled. */
    async hasRows(endpointKey: number, kind: string, id: string): Promise<boolean> {
      return (await rowsOf(endpointKey, kind, id).select('delivery_id').first()) !== undefined;
    },

    /**
     * Settles the waiting rows of a deleted endpoint as cancelled and resolves to their number. Rows in flight are not
     * interrupted; a retry of one finds the endpoint gone.
     */
    async cancel(endpointKey: number, kind: string, id: string, now: number): Promise<number> {
      const waiting: string[] = await rowsOf(endpointKey, kind, id)
        .where({ lease_token: noLease })
        .forUpdate()
        .pluck('delivery_id');
      for (let at = 0; at < waiting.length; at += idsAtOnce)
        await settleAsCancelled(db, waiting.slice(at, at + idsAtOnce), now);
      return waiting.length;
    },
  };
}

async function settleAsCancelled(db: Knex, ids: readonly string[], now: number): Promise<void> {
  const ofQueue = (column: string) =>
    db.raw(`(select q.${column} from ${queueTable} q where q.delivery_id = ${deliveryTable}.id)`);
  await db(deliveryTable)
    .whereIn('id', ids)
    .update({
      status: storedStatus.cancelled,
      finished_at: now,
      attempt_count: ofQueue('attempt_count'),
      last_status: ofQueue('last_status'),
    });
  await db<QueueRow>(queueTable).whereIn('delivery_id', ids).delete();
}
