import type { Database } from '../../../src/plugin.ts';
import type { KeyListQuery } from '../apigee/apigee-keys.ts';
import type { Listed } from '../apigee/apigee-lists.ts';
import { withAppNames, withOwnAppNames } from './app-names.ts';
import type { Developer } from './developer.ts';
import { findDeveloper } from './developer-look-up.ts';
import { createDeveloperRepository } from './developer-repository.ts';
import type { DeveloperListQuery } from './developer-schemas.ts';

/** Reading calls about developers, with the names of their apps. */
export function createDeveloperReads({ database }: { database: Database }) {
  return {
    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, idOrEmail: string): Promise<Developer> =>
      database.read(async (db) => withOwnAppNames(db, await findDeveloper(db, organization, idOrEmail))),

    /** E-mail addresses in their order. */
    emails: (organization: string, wanted: KeyListQuery): Promise<string[]> =>
      database.read((db) => createDeveloperRepository(db).emails(organization, inLowerCase(wanted))),

    /** Developers by e-mail address: all, or the ones who have an app of the wanted name. */
    list: (organization: string, { app = '', ...wanted }: DeveloperListQuery): Promise<Listed<Developer>> =>
      database.read(async (db) => {
        const developers = createDeveloperRepository(db);
        const { items, total } =
          app === ''
            ? await developers.list(organization, inLowerCase(wanted))
            : await developers.listByApp(organization, app, inLowerCase(wanted));
        return { items: await withAppNames(db, items), total };
      }),
  };
}

/** E-mail addresses are in lower case. */
const inLowerCase = ({ startKey = '', ...wanted }: KeyListQuery): KeyListQuery => ({
  ...wanted,
  startKey: startKey.toLowerCase(),
});
