import type { ApiError } from '../../../src/errors.ts';
import { type EncryptedTable, type Encryption, findOne, type Knex } from '../../../src/plugin.ts';
import { mintError } from '../apigee/apigee-errors.ts';
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
/** Keys that one statement reads. */
const keysAtOnce = 500;
/** Upper bounds of the keys of one answer; the keys of one app are always below them. */
const maxListed = 10_000;
const maxListedBytes = 32 * 1024 * 1024;

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

    /** Keys by the ids of these apps, newest first. Throws `mint.tooManyKeys`: callers ask for the apps of an organization. */
    async listByApp(apps: readonly App[]): Promise<Map<string, AppKey[]>> {
      const keys = new Map<string, AppKey[]>(apps.map(({ id }) => [id, []]));
      let bytes = 0;
      for (const ids of batchesByKeys(await countByApp(db, [...keys.keys()]))) {
        const rows: Row[] = await db<Row>(table)
          .whereIn('app_id', ids)
          .orderBy([
            { column: 'issued_at', order: 'desc' },
            { column: 'id', order: 'desc' },
          ]);
        for (const row of rows) {
          bytes +=
            Buffer.byteLength(row.api_products) + Buffer.byteLength(row.attributes) + Buffer.byteLength(row.scopes);
          if (bytes > maxListedBytes) throw tooManyKeys();
          keys.get(row.app_id)?.push(toKey(row));
        }
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
  };
}

/** Numbers of keys by the ids of apps that have any. Throws `mint.tooManyKeys`. */
async function countByApp(db: Knex, appIds: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const ids of batchesOf(appIds)) {
    const some = db(table).whereIn('app_id', ids);
    const rows: { app_id: string; total: number }[] = await some
      .groupBy('app_id')
      .select('app_id')
      .count({ total: '*' });
    for (const { app_id, total } of rows) counts.set(app_id, Number(total));
  }
  if (counts.values().reduce((sum, count) => sum + count, 0) > maxListed) throw tooManyKeys();
  return counts;
}

/** Ids of apps in batches of at most `keysAtOnce` keys. */
function* batchesByKeys(counts: ReadonlyMap<string, number>): Generator<string[]> {
  let batch: string[] = [];
  let keys = 0;
  for (const [id, count] of counts) {
    if (batch.length > 0 && keys + count > keysAtOnce) {
      yield batch;
      [batch, keys] = [[], 0];
    }
    batch.push(id);
    keys += count;
  }
  if (batch.length > 0) yield batch;
}

const tooManyKeys = (): ApiError =>
  mintError(400, 'tooManyKeys', 'The apps have too many keys for one answer; ask for fewer apps by count', [
    { name: 'limit', value: String(maxListed) },
  ]);

/** Deletes the keys of apps. The caller has locked the rows of the apps. */
export async function deleteKeysOfApps(trx: Knex, appIds: readonly string[]): Promise<void> {
  for (const ids of batchesOf(appIds)) await trx<Row>(table).whereIn('app_id', ids).delete();
}

const toChangeable = (key: AppKey) => ({
  status: key.status,
  api_products: toStoredJson('apiProducts', key.apiProducts),
  attributes: toStoredJson('attributes', key.attributes),
  scopes: toStoredJson('scopes', key.scopes),
});
