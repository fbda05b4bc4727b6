import { isUniqueViolation, type Knex } from '../../../src/plugin.ts';

interface Row {
  id: string;
  counted_at: number;
}

const table = 'integration_metered_flushes';

/** Parts of flushes that have been counted. */
export function createFlushRepository(db: Knex) {
  return {
    /** False, with nothing changed, when it has been counted before. */
    async insert(id: string, time: number): Promise<boolean> {
      try {
        await db<Row>(table).insert({ id, counted_at: time });
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    /** Deletes up to `limit` that were counted before `time`; resolves to how many there were. */
    async deleteBefore(time: number, limit: number): Promise<number> {
      const ids: string[] = await db<Row>(table).where('counted_at', '<', time).limit(limit).pluck('id');
      if (ids.length > 0) await db<Row>(table).whereIn('id', ids).delete();
      return ids.length;
    },
  };
}
