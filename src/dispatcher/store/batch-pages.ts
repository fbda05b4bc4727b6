import type { Knex } from '../../database/database.ts';
import { type BatchRow, batchTable } from './batch-repository.ts';

/** Open batches of an organization, the newest first, as lists read them. */
export function createBatchPages(db: Knex) {
  return {
    async before(organization: string, before: string | undefined, limit: number): Promise<BatchRow[]> {
      const query = db<BatchRow>(batchTable).where({ organization }).orderBy('id', 'desc').limit(limit);
      if (before !== undefined) query.where('id', '<', before);
      return (await query) as BatchRow[];
    },

    find: async (id: string): Promise<BatchRow[]> => (await db<BatchRow>(batchTable).where({ id })) as BatchRow[],

    /** The greatest delivery id in the batches before this one; empty when there are none. */
    async lastIdBefore(organization: string, before: string): Promise<string> {
      const [row] = (await db<BatchRow>(batchTable)
        .where({ organization })
        .where('id', '<', before)
        .max({ last: 'last_id' })) as { last: string | null }[];
      return row?.last ?? '';
    },
  };
}
