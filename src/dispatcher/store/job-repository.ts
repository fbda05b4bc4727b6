import type { Database, Knex } from '../../database/database.ts';

/** A redelivery job. Times are microseconds. */
export interface JobRow {
  id: string;
  organization: string;
  /** The filter as JSON. */
  filter: string;
  state: 'running' | 'done' | 'cancelled';
  /** Cursor: deliveries with ids below this one are still to be redelivered. */
  next_before: string;
  redelivered: number;
  skipped: number;
  created_at: number;
  updated_at: number;
}

const table = 'dispatcher_jobs';
/** Organizations whose jobs are read at once. */
const page = 10;
const purgedAtOnce = 500;

/** Redelivery jobs. */
export function createJobRepository(db: Knex, database: Pick<Database, 'skipLocked' | 'rows'>) {
  return {
    async insert(row: JobRow): Promise<void> {
      await db<JobRow>(table).insert(row);
    },

    find: (organization: string, id: string): Promise<JobRow | undefined> =>
      db<JobRow>(table).where({ organization, id }).first(),

    lock: (organization: string, id: string): Promise<JobRow | undefined> =>
      db<JobRow>(table).where({ organization, id }).forUpdate().first(),

    /** Locks a running job that is still at this step; undefined when another process has it. */
    async lockStep(id: string, nextBefore: string): Promise<JobRow | undefined> {
      const sql = `select * from ${table} where id = ? and state = 'running' and next_before = ?${database.skipLocked}`;
      return database.rows<JobRow>(await db.raw(sql, [id, nextBefore]))[0];
    },

    async update(id: string, changes: Partial<JobRow>): Promise<void> {
      await db<JobRow>(table).where({ id }).update(changes);
    },

    /** The oldest running job of each of the next organizations, in the order of their names. */
    async runningAfter(organization: string): Promise<JobRow[]> {
      const oldest = db<JobRow>(table)
        .where({ state: 'running' })
        .where('organization', '>', organization)
        .groupBy('organization')
        .orderBy('organization')
        .limit(page)
        .min({ id: 'id' })
        .select('organization');
      const found = (await oldest) as unknown as { id: string }[];
      const ids = found.map(({ id }) => id);
      return ids.length === 0 ? [] : db<JobRow>(table).whereIn('id', ids).orderBy('organization');
    },

    /** Deletes some jobs that ended before `before` (microseconds); resolves to their number. */
    async purge(before: number): Promise<number> {
      let purged = 0;
      for (const state of ['done', 'cancelled'] as const) {
        const ended = () => db<JobRow>(table).where({ state }).where('updated_at', '<', before);
        const ids = (await ended().orderBy('updated_at').limit(purgedAtOnce).pluck('id')) as string[];
        if (ids.length > 0) purged += await ended().whereIn('id', ids).delete();
      }
      return purged;
    },
  };
}
