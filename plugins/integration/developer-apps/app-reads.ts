import type { Database, Encryption } from '../../../src/plugin.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import type { WholeApp } from './app.ts';
import { type AppPlace, existingApp, findApp, wholeApps, withKeys } from './app-look-up.ts';
import { type AppFilter, createAppRepository, type KeyWindow } from './app-repository.ts';

/** Reading calls about apps. Every call sees the rows of one organization. */
export function createAppReads({ database, encryption }: { database: Database; encryption: Encryption }) {
  return {
    /** Throws `mint.resourceDoesNotExist`. */
    read: (place: AppPlace): Promise<WholeApp> =>
      database.read(async (db) => withKeys(db, encryption, await findApp(db, place))),

    /** Throws `mint.resourceDoesNotExist` about the developer. */
    names: (organization: string, idOrEmail: string, wanted: KeyWindow): Promise<string[]> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, idOrEmail);
        return createAppRepository(db).names(organization, email, wanted);
      }),

    /** The apps of a developer, by name. Throws `mint.resourceDoesNotExist` about the developer, or `mint.tooManyKeys`. */
    list: (organization: string, idOrEmail: string, wanted: KeyWindow, hasKeys: boolean): Promise<WholeApp[]> =>
      database.read(async (db) => {
        const { email } = await findDeveloper(db, organization, idOrEmail);
        const apps = await createAppRepository(db).list(organization, email, wanted);
        return wholeApps(db, hasKeys ? encryption : undefined, apps);
      }),

    /** Ids of the apps of an organization, in their order. */
    ids: (organization: string, wanted: AppFilter): Promise<string[]> =>
      database.read((db) => createAppRepository(db).ids(organization, wanted)),

    /** The apps of an organization, by id. Throws `mint.tooManyKeys`. */
    listAll: (organization: string, wanted: AppFilter, hasKeys: boolean): Promise<WholeApp[]> =>
      database.read(async (db) => {
        const apps = await createAppRepository(db).listAll(organization, wanted);
        return wholeApps(db, hasKeys ? encryption : undefined, apps);
      }),

    /** Throws `mint.resourceDoesNotExist`. */
    readById: (organization: string, id: string): Promise<WholeApp> =>
      database.read(async (db) => {
        const app = existingApp(await createAppRepository(db).findById(organization, id), id);
        const [whole] = await wholeApps(db, encryption, [app]);
        return whole as WholeApp;
      }),
  };
}
