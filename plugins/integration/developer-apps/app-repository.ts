import { findOne, type Knex } from '../../../src/plugin.ts';
import { toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows, readBounded } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import type { App, Approval } from './app.ts';
import { deleteKeysOfApps } from './app-key-repository.ts';

interface Row {
  id: string;
  organization: string;
  developer_email: string;
  name: string;
  status: string;
  app_family: string;
  callback_url: string;
  attributes: string;
  scopes: string;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

/** A part of a list in the order of its key: from `startKey` on, at most `count` entries. */
export interface KeyWindow {
  startKey: string;
  count: number;
}

/** Which apps of an organization are listed. */
export interface AppFilter extends KeyWindow {
  status?: string;
  appFamily?: string;
}

export type NamedApp = Pick<App, 'id' | 'name' | 'developerEmail'>;

const table = 'integration_developer_apps';

/** Apps by organization, developer and name. */
export function createAppRepository(db: Knex) {
  const ofDeveloper = (organization: string, developerEmail: string) =>
    db<Row>(table).where({ organization, developer_email: developerEmail });

  return {
    async insert(app: App): Promise<void> {
      const { id, organization, developerEmail, name, createdAt, createdBy } = app;
      const identity = { id, organization, developer_email: developerEmail, name };
      await db<Row>(table).insert({
        ...identity,
        created_at: createdAt,
        created_by: createdBy,
        ...toChangeable(app),
      });
    },

    find: (organization: string, developerEmail: string, name: string): Promise<App | undefined> =>
      findOne<Row, App>(db(table), { organization, developer_email: developerEmail, name }, toApp),

    /** Finds an app and locks the row: no other transaction can change it, its keys or its existence. */
    findForUpdate: (organization: string, developerEmail: string, name: string): Promise<App | undefined> =>
      findOne<Row, App>(db(table).forUpdate(), { organization, developer_email: developerEmail, name }, toApp),

    findById: (organization: string, id: string): Promise<App | undefined> =>
      findOne<Row, App>(db(table), { organization, id }, toApp),

    /** Apps of any developers, without their details. */
    async findByIds(organization: string, ids: readonly string[]): Promise<NamedApp[]> {
      const apps: NamedApp[] = [];
      for (const batch of batchesOf(ids))
        apps.push(
          ...(await db(table)
            .where({ organization })
            .whereIn('id', batch)
            .select({ id: 'id', name: 'name', developerEmail: 'developer_email' })),
        );
      return apps;
    },

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Names of the developer's apps, in their order. */
    names: (organization: string, developerEmail: string, { startKey, count }: KeyWindow): Promise<string[]> =>
      ofDeveloper(organization, developerEmail)
        .where('name', '>=', startKey)
        .orderBy('name')
        .limit(count)
        .pluck('name'),

    /** The developer's apps, in the order of their names. */
    async list(organization: string, developerEmail: string, { startKey, count }: KeyWindow): Promise<App[]> {
      const query = ofDeveloper(organization, developerEmail).where('name', '>=', startKey);
      return readBounded({ organization, query, order: ['name', 'asc'] }, toApp, { limit: count, offset: 0 });
    },

    /** Ids of apps of the organization, in their order. */
    ids: (organization: string, wanted: AppFilter): Promise<string[]> =>
      ofOrganization(db, organization, wanted).orderBy('id').limit(wanted.count).pluck('id'),

    /** Apps of the organization, in the order of their ids. */
    async listAll(organization: string, wanted: AppFilter): Promise<App[]> {
      const query = ofOrganization(db, organization, wanted);
      return readBounded({ organization, query, order: ['id', 'asc'] }, toApp, { limit: wanted.count, offset: 0 });
    },

    /** Names of apps by the e-mail addresses of these developers, in their order. */
    async namesByDeveloper(organization: string, emails: readonly string[]): Promise<Map<string, string[]>> {
      const names = new Map<string, string[]>(emails.map((email) => [email, []]));
      for (const batch of batchesOf(emails)) {
        const rows = await db<Row>(table)
          .where({ organization })
          .whereIn('developer_email', batch)
          .orderBy(['developer_email', 'name'])
          .select('developer_email', 'name');
        for (const { developer_email: email, name } of rows) names.get(email)?.push(name);
      }
      return names;
    },

    /** A query for the e-mail addresses of the developers who have an app of this name. */
    owners: (organization: string, name: string): Knex.QueryBuilder =>
      db<Row>(table).where({ organization, name }).select('developer_email'),

    async update(app: App): Promise<void> {
      const { organization, id } = app;
      await db<Row>(table).where({ organization, id }).update(toChangeable(app));
    },

    async delete({ organization, id }: App): Promise<void> {
      await db<Row>(table).where({ organization, id }).delete();
    },
  };
}

/** Deletes the apps of a developer, whose row is locked, with their keys. */
export async function deleteAppsOfDeveloper(trx: Knex, organization: string, developerEmail: string): Promise<void> {
  const apps = () => trx<Row>(table).where({ organization, developer_email: developerEmail });
  // Locked before their keys are deleted: a key that another transaction is adding is deleted as well.
  await deleteKeysOfApps(trx, await apps().forUpdate().pluck('id'));
  await apps().delete();
}

function ofOrganization(db: Knex, organization: string, { startKey, status, appFamily }: AppFilter) {
  const query = db<Row>(table).where({ organization }).where('id', '>=', startKey);
  if (status !== undefined) query.where({ status });
  if (appFamily !== undefined) query.where({ app_family: appFamily });
  return query;
}

const toChangeable = (app: App) => ({
  status: app.status,
  app_family: app.appFamily,
  callback_url: app.callbackUrl,
  attributes: toStoredJson('attributes', app.attributes),
  scopes: toStoredJson('scopes', app.scopes),
  updated_at: app.updatedAt,
  updated_by: app.updatedBy,
});

const toApp = (row: Row): App => ({
  id: row.id,
  organization: row.organization,
  developerEmail: row.developer_email,
  name: row.name,
  status: row.status as Approval,
  appFamily: row.app_family,
  callbackUrl: row.callback_url,
  attributes: JSON.parse(row.attributes),
  scopes: JSON.parse(row.scopes),
  createdAt: row.created_at,
  createdBy: row.created_by,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
});
