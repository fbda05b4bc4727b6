import type { Database } from '../../database/database.ts';
import { withDeadline } from '../../database/deadline.ts';
import { createProfileRepository } from '../store/profile-repository.ts';
import type { EndpointScheduler } from './endpoint-scheduler.ts';

/** Profiles that are read at the start: as many as endpoints are known at once. */
const readAtStart = 9000;
/** Endpoints of one look-up. */
const page = 50;
/** Look-ups of one call. */
const maxPages = 20;
/** Profiles of one INSERT. */
const savedAtOnce = 500;

export interface EndpointProfiles {
  /** Reads what earlier processes have found out. Rejects when the database fails. */
  read(): Promise<void>;
  /** Looks up the endpoints of which this process knows nothing. Rejects when the database fails. */
  lookUp(): Promise<void>;
  /** Stores what this process has found out since. Rejects when the database fails. */
  save(): Promise<void>;
}

/** Keeps the knowledge of endpoints, by which hostile ones are kept apart from the others, beyond the process. */
export function createEndpointProfiles(parts: {
  database: Database;
  scheduler: EndpointScheduler;
  now: () => number;
}): EndpointProfiles {
  const { database, scheduler, now } = parts;
  const repository = (db: Parameters<typeof createProfileRepository>[0]) => createProfileRepository(db, database);

  return {
    async read() {
      const profiles = await database.read((db) => repository(db).mostUseful(readAtStart));
      for (const profile of profiles) scheduler.learn(profile);
    },
    async lookUp() {
      for (let pages = 0; pages < maxPages; pages += 1) {
        const keys = scheduler.states.strangers(page);
        if (keys.length === 0) return;
        const found = await database.read((db) => repository(db).find(keys));
        for (const profile of found) scheduler.learn(profile);
        const missing = new Set(keys).difference(new Set(found.map(({ key }) => key)));
        for (const key of missing) scheduler.learn({ key, organization: '', standing: 'unknown', durationMs: 0 });
      }
    },
    async save() {
      for (;;) {
        const profiles = scheduler.states.takeChanged(savedAtOnce);
        if (profiles.length === 0) return;
        try {
          await withDeadline(database.transaction((trx) => repository(trx).save(profiles, now())));
        } catch (error) {
          scheduler.states.keepChanged(profiles);
          throw error;
        }
      }
    },
  };
}
