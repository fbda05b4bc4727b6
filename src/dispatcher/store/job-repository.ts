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
const candidates = 10;

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

    running: (): Promise<JobRow[]> => db<JobRow>(table).where({ state: 'running' }).orderBy('id').limit(candidates),
  };
}
