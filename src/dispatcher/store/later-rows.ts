import type { Database, Knex } from '../../database/database.ts';
import { idList } from '../../database/sql-text.ts';
import { never, type QueueRow, queueTable } from './queue-repository.ts';

export type LaterRow = Pick<QueueRow, 'delivery_id' | 'due_at' | 'attempt_count' | 'wait_us'>;

/** Queued rows that are due later. Times are microseconds. */
export function createLaterRows(db: Knex, database: Pick<Database, 'byKey' | 'skipLocked' | 'rows'>) {
  const { byKey, skipLocked, rows: rowsOf } = database;

  return {
    /** The first `limit` rows due at `from` or later, in the order of the due time, without held ones. */
    async find(from: number, limit: number): Promise<LaterRow[]> {
      const sql = `select delivery_id, due_at, attempt_count, wait_us from ${queueTable} where due_at >= ? and due_at < ? and held = 0 order by due_at limit ?`;
      return rowsOf(await db.raw(sql, [from, never, limit]));
    },

    /**
     * Makes those of the rows due at `now` that are due at `from` or later, apart from a long wait for their retry, and have at
     * most `maxAttempts` attempts, without held and locked ones. Resolves to the endpoint of each.
     */
    async pullIn(ids: readonly string[], now: number, from: number, maxAttempts: number): Promise<number[]> {
      const sql = `select delivery_id, endpoint_key from ${queueTable}${byKey} where delivery_id in (${idList(ids)}) and held = 0 and due_at - wait_us >= ? and due_at < ? and attempt_count <= ?${skipLocked}`;
      const found = rowsOf<QueueRow>(await db.raw(sql, [from, never, maxAttempts]));
      if (found.length > 0)
        await db<QueueRow>(queueTable)
          .whereRaw(`delivery_id in (${idList(found.map((row) => row.delivery_id))})`)
          .update({ due_at: now, wait_us: 0 });
      return found.map((row) => row.endpoint_key);
    },
  };
}
