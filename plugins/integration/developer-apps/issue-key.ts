import { randomInt, randomUUIDv7 } from 'node:crypto';
import { limitReached } from '../../../src/errors.ts';
import { type Encryption, type Knex, unlessTaken } from '../../../src/plugin.ts';
import type { Attribute } from '../apigee/apigee-attributes.ts';
import { alreadyExists } from '../apigee/apigee-errors.ts';
import { existingProducts } from '../products/existing-products.ts';
import type { App, AppKey, KeyProduct } from './app.ts';
import { createAppKeyRepository } from './app-key-repository.ts';

/** Keys of one app. */
export const maxKeys = 100;

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const length = 32;

const randomText = (): string => Array.from({ length }, () => characters[randomInt(characters.length)]).join('');

/** A key to issue. Omitted credentials are made at random; omitted lists are empty. */
export interface KeyWish {
  consumerKey?: string | undefined;
  consumerSecret?: string | undefined;
  apiProducts?: readonly string[] | undefined;
  attributes?: readonly Attribute[] | undefined;
  scopes?: readonly string[] | undefined;
  /** Milliseconds; -1 and undefined: never. */
  keyExpiresIn?: number | undefined;
}

/**
 * Adds a key to an app whose row is locked. Throws `mint.resourceDoesNotExist` about a product, `mint.resourceAlreadyExists` about the
 * consumer key, or `LIMIT_REACHED`.
 */
export async function issueKey(
  trx: Knex,
  { encryption, now }: { encryption: Encryption; now: number },
  app: App,
  wish: KeyWish,
): Promise<AppKey> {
  const { consumerKey = randomText(), consumerSecret = randomText(), keyExpiresIn = -1 } = wish;
  const keys = createAppKeyRepository(trx, encryption);
  if ((await keys.count(app)) >= maxKeys) throw limitReached('app_keys', maxKeys);
  const key: AppKey = {
    id: randomUUIDv7(),
    organization: app.organization,
    appId: app.id,
    consumerKey,
    readSecret: () => consumerSecret,
    status: 'approved',
    apiProducts: await approvedProducts(trx, app.organization, wish.apiProducts ?? []),
    attributes: wish.attributes ?? [],
    scopes: wish.scopes ?? [],
    issuedAt: now,
    expiresAt: keyExpiresIn < 0 ? undefined : now + keyExpiresIn * 1000,
  };
  await unlessTaken(keys.insert(key), () => alreadyExists('ConsumerKey', consumerKey));
  return key;
}

/** The named products, approved. Throws `mint.resourceDoesNotExist`. */
export async function approvedProducts(
  trx: Knex,
  organization: string,
  wanted: readonly string[],
): Promise<KeyProduct[]> {
  const names = await existingProducts(trx, organization, wanted);
  return names.map((apiproduct) => ({ apiproduct, status: 'approved' }));
}
