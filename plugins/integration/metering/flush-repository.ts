import { isUniqueViolation, type Knex } from '../../../src/plugin.ts';

interface Row {
  id: string;
  counted_at: number;
}

const table = 'integration_metered_flushes';

/** Flush parts that have been counted. */
export function createFlushRepository(db: Knex) {
  return {
    /** Resolves to false and changes nothing when the part has been counted before. */
    async insert(id: string, time: number): Promise<boolean> {
      try {
        await db<Row>(table).insert({ id, counted_at: time });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    /** Deletes at most `limit` parts that were counted before `time`; resolves to the number of deleted parts. */
    async deleteBefore(time: number, limit: number): Promise<number> {
      const ids: string[] = await db<Row>(table).where('counted_at', '<', time).limit(limit).pluck('id');
      if (ids.length > 0) await db<Row>(table).whereIn('id', ids).delete();
      return ids.length;
    },
  };
}
