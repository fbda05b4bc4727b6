import { type Encryption, found, type Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import type { Developer } from '../developers/developer.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { createDeveloperRepository } from '../developers/developer-repository.ts';
import type { App, AppKey, WholeApp } from './app.ts';
import { createAppKeyRepository } from './app-key-repository.ts';
import { createAppRepository } from './app-repository.ts';

/** An app as a path names it: `developer` is an e-mail address or an id. */
export interface AppPlace {
  organization: string;
  developer: string;
  app: string;
}

/** A key as a path names it. */
export type KeyPlace = AppPlace & { consumerKey: string };

export interface OwnedApp {
  developer: Developer;
  app: App;
}

/** Throws `mint.resourceDoesNotExist`. */
export async function findApp(db: Knex, { organization, developer: idOrEmail, app }: AppPlace): Promise<OwnedApp> {
  const developer = await findDeveloper(db, organization, idOrEmail);
  const existing = await createAppRepository(db).find(organization, developer.email, app);
  return { developer, app: existingApp(existing, app) };
}

/** The same, with the row of the app locked: no other transaction can change or delete it or its keys. */
export async function lockApp(trx: Knex, { organization, developer: idOrEmail, app }: AppPlace): Promise<OwnedApp> {
  const developer = await findDeveloper(trx, organization, idOrEmail);
  const existing = await createAppRepository(trx).findForUpdate(organization, developer.email, app);
  return { developer, app: existingApp(existing, app) };
}

export const existingApp = (app: App | undefined, name: string): App => found(app, () => doesNotExist('App', name));

/** Throws `mint.resourceDoesNotExist`. */
export const findKey = async (db: Knex, encryption: Encryption, app: App, consumerKey: string): Promise<AppKey> =>
  found(await createAppKeyRepository(db, encryption).find(app, consumerKey), () =>
    doesNotExist('ConsumerKey', consumerKey),
  );

/** The app with its keys. */
export async function withKeys(db: Knex, encryption: Encryption, { developer, app }: OwnedApp): Promise<WholeApp> {
  const keys = await createAppKeyRepository(db, encryption).listByApp([app]);
  return { app, developerId: developer.id, keys: keys.get(app.id) ?? [] };
}

/** Apps of any developers of one organization, with the ids of these; with their keys, if `encryption` is given. */
export async function wholeApps(
  db: Knex,
  encryption: Encryption | undefined,
  apps: readonly App[],
): Promise<WholeApp[]> {
  const [first] = apps;
  if (!first) return [];
  const ids = await createDeveloperRepository(db).ids(
    first.organization,
    apps.map(({ developerEmail }) => developerEmail),
  );
  const keys = encryption && (await createAppKeyRepository(db, encryption).listByApp(apps));
  return apps.map((app) => ({
    app,
    developerId: ids.get(app.developerEmail) ?? '',
    keys: keys?.get(app.id) ?? [],
  }));
}
