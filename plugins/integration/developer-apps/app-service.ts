import { randomUUIDv7 } from 'node:crypto';
import { type Knex, unlessTaken } from '../../../src/plugin.ts';
import type { AttributeStore } from '../apigee/apigee-attribute-routes.ts';
import type { Caller } from '../apigee/apigee-caller.ts';
import { alreadyExists } from '../apigee/apigee-errors.ts';
import type { SecretCatalogParts } from '../catalog-parts.ts';
import { lockDeveloper } from '../developers/developer-look-up.ts';
import type { App, Approval, WholeApp } from './app.ts';
import { deleteKeysOfApps } from './app-key-repository.ts';
import { type AppPlace, existingApp, findApp, lockApp, type OwnedApp, withKeys } from './app-look-up.ts';
import { createAppReads } from './app-reads.ts';
import { createAppRepository } from './app-repository.ts';
import type { AppChange, AppInput, AppParams } from './app-schemas.ts';
import { issueKey } from './issue-key.ts';

export type AppService = ReturnType<typeof createAppService>;

/** Rules of apps. Every call acts for one organization and cannot see the rows of another. */
export function createAppService({ database, encryption, limits, now }: SecretCatalogParts) {
  return {
    /** Throws `mint.resourceDoesNotExist`, `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(trx: Knex, { organization, by }: Caller, idOrEmail: string, input: AppInput): Promise<WholeApp> {
      const developer = await lockDeveloper(trx, organization, idOrEmail);
      const time = now();
      const app: App = {
        ...{ id: randomUUIDv7(), organization, developerEmail: developer.email, name: input.name },
        ...{ status: 'approved', appFamily: input.appFamily ?? 'default', callbackUrl: input.callbackUrl ?? '' },
        ...{ attributes: input.attributes ?? [], scopes: input.scopes ?? [] },
        ...{ createdAt: time, createdBy: by, updatedAt: time, updatedBy: by },
      };
      const count = (db: Knex) => createAppRepository(db).count(organization);
      await unlessTaken(
        limits.creating(trx, { organization, kind: 'apps', count }, (db) => createAppRepository(db).insert(app)),
        () => alreadyExists('App', input.name),
      );
      const key = await issueKey(trx, { encryption, now: time }, app, { ...input, attributes: [] });
      return { app, developerId: developer.id, keys: [key] };
    },

    ...createAppReads({ database, encryption }),

    /** Omitted fields keep their values; with `apiProducts` a new key is issued. Throws the errors of `issueKey`, too. */
    async update(trx: Knex, place: AppPlace, by: string, input: AppChange): Promise<WholeApp> {
      const owned = await lockApp(trx, place);
      const { app } = owned;
      const changed: App = {
        ...app,
        appFamily: input.appFamily ?? app.appFamily,
        callbackUrl: input.callbackUrl ?? app.callbackUrl,
        attributes: input.attributes ?? app.attributes,
        scopes: input.scopes ?? app.scopes,
        ...{ updatedAt: now(), updatedBy: by },
      };
      await createAppRepository(trx).update(changed);
      if ((input.apiProducts ?? []).length > 0) {
        const wish = { ...input, attributes: [], scopes: changed.scopes };
        await issueKey(trx, { encryption, now: changed.updatedAt }, app, wish);
      }
      return withKeys(trx, encryption, { ...owned, app: changed });
    },

    /** Throws `mint.resourceDoesNotExist`. */
    async setStatus(trx: Knex, place: AppPlace, by: string, status: Approval): Promise<void> {
      const { app } = await lockApp(trx, place);
      await createAppRepository(trx).update({ ...app, status, updatedAt: now(), updatedBy: by });
    },

    attributes: {
      read: (organization, { email, app_name: app }) =>
        database.read(async (db) => (await findApp(db, { organization, developer: email, app })).app.attributes),
      async change(trx, { organization, by }, { email, app_name }, change) {
        const { app } = await lockApp(trx, { organization, developer: email, app: app_name });
        const attributes = change(app.attributes);
        await createAppRepository(trx).update({ ...app, attributes, updatedAt: now(), updatedBy: by });
      },
    } satisfies AttributeStore<AppParams>,

    /** Deletes an app with its keys; resolves to the deleted app. Throws `mint.resourceDoesNotExist`. */
    async delete(trx: Knex, place: AppPlace): Promise<WholeApp> {
      return deleteWhole(trx, await lockApp(trx, place));
    },

    /** The same by id. */
    async deleteById(trx: Knex, organization: string, id: string): Promise<WholeApp> {
      const app = existingApp(await createAppRepository(trx).findById(organization, id), id);
      return deleteWhole(trx, await lockApp(trx, { organization, developer: app.developerEmail, app: app.name }));
    },
  };

  async function deleteWhole(trx: Knex, owned: OwnedApp): Promise<WholeApp> {
    const deleted = await withKeys(trx, encryption, owned);
    await deleteKeysOfApps(trx, [owned.app.id]);
    await createAppRepository(trx).delete(owned.app);
    return deleted;
  }
}
