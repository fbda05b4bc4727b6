import { type EncryptedTable, type Encryption, findOne, type Knex } from '../../../src/plugin.ts';
import { toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import type { App, AppKey, Approval } from './app.ts';

interface Row {
  id: string;
  organization: string;
  app_id: string;
  consumer_key: string;
  consumer_secret: string;
  status: string;
  api_products: string;
  attributes: string;
  scopes: string;
  issued_at: number;
  expires_at: number | null;
}

const table = 'integration_app_keys';
export const encryptedAppKeys: EncryptedTable = {
  table,
  key: 'id',
  organization: 'organization',
  columns: ['consumer_secret'],
};

/** Keys of apps; secrets are encrypted and decrypted here. */
export function createAppKeyRepository(db: Knex, encryption: Encryption) {
  const toKey = (row: Row): AppKey => ({
    id: row.id,
    organization: row.organization,
    appId: row.app_id,
    consumerKey: row.consumer_key,
    readSecret: () => encryption.decrypt(row.consumer_secret, [table, row.id, row.organization]),
    status: row.status as Approval,
    apiProducts: JSON.parse(row.api_products),
    attributes: JSON.parse(row.attributes),
    scopes: JSON.parse(row.scopes),
    issuedAt: row.issued_at,
    expiresAt: row.expires_at ?? undefined,
  });

  return {
    async insert(key: AppKey): Promise<void> {
      const { id, organization, appId, consumerKey, issuedAt, expiresAt } = key;
      await db<Row>(table).insert({
        ...{ id, organization, app_id: appId, consumer_key: consumerKey },
        consumer_secret: encryption.encrypt(key.readSecret(), [table, id, organization]),
        ...{ issued_at: issuedAt, expires_at: expiresAt ?? null },
        ...toChangeable(key),
      });
    },

    find: ({ organization, id }: App, consumerKey: string): Promise<AppKey | undefined> =>
      findOne<Row, AppKey>(db(table), { organization, app_id: id, consumer_key: consumerKey }, toKey),

    count: ({ id }: App): Promise<number> => countRows(db<Row>(table).where({ app_id: id })),

    /** Keys by the ids of these apps, newest first. */
    async listByApp(apps: readonly App[]): Promise<Map<string, AppKey[]>> {
      const keys = new Map<string, AppKey[]>(apps.map(({ id }) => [id, []]));
      for (const ids of batchesOf([...keys.keys()])) {
        const rows: Row[] = await db<Row>(table)
          .whereIn('app_id', ids)
          .orderBy([
            { column: 'issued_at', order: 'desc' },
            { column: 'id', order: 'desc' },
          ]);
        for (const row of rows) keys.get(row.app_id)?.push(toKey(row));
      }
      return keys;
    },

    async update(key: AppKey): Promise<void> {
      const { organization, id } = key;
      await db<Row>(table).where({ organization, id }).update(toChangeable(key));
    },

    async delete({ organization, id }: AppKey): Promise<void> {
      await db<Row>(table).where({ organization, id }).delete();
    },

    async deleteOfApp({ id }: App): Promise<void> {
      await db<Row>(table).where({ app_id: id }).delete();
    },
  };
}

/** Deletes the keys of all apps of a developer. */
export async function deleteKeysOfDeveloper(trx: Knex, organization: string, developerEmail: string): Promise<void> {
  const apps = trx('integration_developer_apps').where({ organization, developer_email: developerEmail }).select('id');
  await trx<Row>(table).whereIn('app_id', apps).delete();
}

const toChangeable = (key: AppKey) => ({
  status: key.status,
  api_products: toStoredJson('apiProducts', key.apiProducts),
  attributes: toStoredJson('attributes', key.attributes),
  scopes: toStoredJson('scopes', key.scopes),
});
