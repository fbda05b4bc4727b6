import type { Database, Knex } from '../../database/database.ts';
import type { EndpointProfile, Standing } from '../model/endpoint-profile.ts';
import { deliveryTable, queueTable } from './queue-repository.ts';

const table = 'dispatcher_endpoints';
const purgedAtOnce = 500;
/** The stored numbers. */
const numberOf: Record<Standing, number> = { unknown: 0, healthy: 1, failing: 2 };
const standings = Object.keys(numberOf) as Standing[];

interface ProfileRow {
  endpoint_key: number;
  organization: string;
  standing: number;
  duration_ms: number;
}

const toProfile = (row: ProfileRow): EndpointProfile => ({
  key: row.endpoint_key,
  organization: row.organization,
  standing: standings.find((standing) => numberOf[standing] === row.standing) ?? 'unknown',
  durationMs: row.duration_ms,
});

/** Stored profiles of endpoints. */
export function createProfileRepository(db: Knex, database: Pick<Database, 'rows'>) {
  const columns = ['endpoint_key', 'organization', 'standing', 'duration_ms'];

  return {
    /** `time` in microseconds. The order of the keys keeps two processes from deadlocks. */
    async save(profiles: readonly EndpointProfile[], time: number): Promise<void> {
      if (profiles.length === 0) return;
      const rows = [...profiles]
        .sort((a, b) => a.key - b.key)
        .map(({ key, organization, standing, durationMs }) => ({
          endpoint_key: key,
          organization,
          standing: numberOf[standing],
          duration_ms: Math.min(Math.round(durationMs), 1_000_000),
          seen_at: time,
        }));
      await db(table).insert(rows).onConflict('endpoint_key').merge();
    },

    /** Healthy endpoints first, and of each standing the ones last seen first. */
    async mostUseful(limit: number): Promise<EndpointProfile[]> {
      const found: ProfileRow[] = [];
      for (const standing of ['healthy', 'failing'] as const) {
        if (found.length === limit) break;
        const rows: ProfileRow[] = await db(table)
          .select(columns)
          .where({ standing: numberOf[standing] })
          .orderBy('seen_at', 'desc')
          .limit(limit - found.length);
        found.push(...rows);
      }
      return found.map(toProfile);
    },

    /** The profiles of these endpoints. An endpoint that was never attempted has the organization of one of its waiting rows. */
    async find(keys: readonly number[]): Promise<EndpointProfile[]> {
      if (keys.length === 0) return [];
      const stored: ProfileRow[] = await db(table).select(columns).whereIn('endpoint_key', keys);
      const known = new Set(stored.map((row) => row.endpoint_key));
      const others = keys.filter((key) => !known.has(key));
      return [...stored, ...(await waiting(others))].map(toProfile);
    },

    /** Deletes some profiles that were stored before `before` (microseconds); resolves to their number. */
    async purge(before: number): Promise<number> {
      const keys: number[] = await db(table)
        .where('seen_at', '<', before)
        .orderBy('seen_at')
        .limit(purgedAtOnce)
        .pluck('endpoint_key');
      if (keys.length === 0) return 0;
      return db(table).whereIn('endpoint_key', keys).where('seen_at', '<', before).delete();
    },
  };

  async function waiting(keys: readonly number[]): Promise<ProfileRow[]> {
    if (keys.length === 0) return [];
    const one = `select * from (select q.endpoint_key, d.organization, 0 as standing, 0 as duration_ms from ${queueTable} q join ${deliveryTable} d on d.id = q.delivery_id where q.endpoint_key = ? limit 1) one`;
    return database.rows<ProfileRow>(await db.raw(keys.map(() => one).join(' union all '), [...keys]));
  }
}
