import type { Knex } from '../../../src/plugin.ts';
import type { AttributeStore } from '../apigee/apigee-attribute-routes.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import type { SecretCatalogParts } from '../catalog-parts.ts';
import type { AppKey, Approval, KeyProduct } from './app.ts';
import { createAppKeyRepository } from './app-key-repository.ts';
import { type AppPlace, findApp, findKey, type KeyPlace, lockApp } from './app-look-up.ts';
import type { KeyChange, KeyParams, NewKey } from './app-schemas.ts';
import { approvedProducts, issueKey } from './issue-key.ts';

export type AppKeyService = ReturnType<typeof createAppKeyService>;

/** Rules of the keys of apps. Each function throws `mint.resourceDoesNotExist` about the developer, the app or the key. */
export function createAppKeyService({ database, encryption, now }: SecretCatalogParts) {
  const repository = (db: Knex) => createAppKeyRepository(db, encryption);

  return {
    /** Adds a key without products. Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
    async create(trx: Knex, place: AppPlace, input: NewKey): Promise<AppKey> {
      const { app } = await lockApp(trx, place);
      return issueKey(trx, { encryption, now: now() }, app, input);
    },

    read: (place: KeyPlace): Promise<AppKey> =>
      database.read(async (db) => findKey(db, encryption, (await findApp(db, place)).app, place.consumerKey)),

    /** Adds products, and replaces the attributes and scopes that are given. */
    update: (trx: Knex, place: KeyPlace, input: KeyChange): Promise<AppKey> =>
      change(trx, place, async (key) => {
        const added = await approvedProducts(trx, place.organization, input.apiProducts ?? []);
        const isNew = ({ apiproduct }: KeyProduct) => !key.apiProducts.some((each) => each.apiproduct === apiproduct);
        return {
          ...key,
          apiProducts: [...key.apiProducts, ...added.filter(isNew)],
          attributes: input.attributes ?? key.attributes,
          scopes: input.scopes ?? key.scopes,
        };
      }),

    setStatus: (trx: Knex, place: KeyPlace, status: Approval): Promise<AppKey> =>
      change(trx, place, (key) => ({ ...key, status })),

    /** Throws `mint.resourceDoesNotExist` about a product that the key does not have, too. */
    setProductStatus: (trx: Knex, place: KeyPlace, product: string, status: Approval): Promise<AppKey> =>
      change(trx, place, (key) => {
        requireProduct(key, product);
        const set = (each: KeyProduct) => (each.apiproduct === product ? { ...each, status } : each);
        return { ...key, apiProducts: key.apiProducts.map(set) };
      }),

    /** The same errors. */
    removeProduct: (trx: Knex, place: KeyPlace, product: string): Promise<AppKey> =>
      change(trx, place, (key) => {
        requireProduct(key, product);
        return { ...key, apiProducts: key.apiProducts.filter(({ apiproduct }) => apiproduct !== product) };
      }),

    attributes: {
      read: (organization, params) =>
        database.read(async (db) => {
          const place = placeOf(organization, params);
          return (await findKey(db, encryption, (await findApp(db, place)).app, place.consumerKey)).attributes;
        }),
      async change(trx, { organization }, params, changed) {
        await change(trx, placeOf(organization, params), (key) => ({
          ...key,
          attributes: changed(key.attributes),
        }));
      },
    } satisfies AttributeStore<KeyParams>,

    /** Resolves to the deleted key. */
    async delete(trx: Knex, place: KeyPlace): Promise<AppKey> {
      const { app } = await lockApp(trx, place);
      const key = await findKey(trx, encryption, app, place.consumerKey);
      await repository(trx).delete(key);
      return key;
    },
  };

  async function change(
    trx: Knex,
    place: KeyPlace,
    changed: (key: AppKey) => AppKey | Promise<AppKey>,
  ): Promise<AppKey> {
    const { app } = await lockApp(trx, place);
    const key = await changed(await findKey(trx, encryption, app, place.consumerKey));
    await repository(trx).update(key);
    return key;
  }
}

const placeOf = (organization: string, { email, app_name, consumer_key }: KeyParams): KeyPlace => ({
  ...{ organization, developer: email, app: app_name, consumerKey: consumer_key },
});

function requireProduct({ apiProducts }: AppKey, product: string): void {
  if (!apiProducts.some(({ apiproduct }) => apiproduct === product)) throw doesNotExist('Product', product);
}
