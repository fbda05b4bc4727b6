import type { Principal } from '../../../src/plugin.ts';
import { toMilliseconds } from '../apigee/apigee-dates.ts';
import { toHistoryAnswer } from '../apigee/apigee-history.ts';
import type { AppKey, WholeApp } from './app.ts';

const masked = '********';

/** Whether the caller sees the secrets of keys. */
export const seesSecrets = ({ principal }: { principal: Principal | undefined }): boolean =>
  principal?.scopes.has('integration:write') ?? false;

/** A key as this API family writes it. */
export const toKeyAnswer = (key: AppKey, isOpen: boolean) => ({
  apiProducts: key.apiProducts,
  attributes: key.attributes,
  consumerKey: key.consumerKey,
  consumerSecret: isOpen ? key.readSecret() : masked,
  expiresAt: key.expiresAt === undefined ? -1 : toMilliseconds(key.expiresAt),
  issuedAt: toMilliseconds(key.issuedAt),
  scopes: key.scopes,
  status: key.status,
});

/** An app without its keys. */
export const toShallowAnswer = ({ app, developerId }: WholeApp) => ({
  appFamily: app.appFamily,
  appId: app.id,
  attributes: app.attributes,
  callbackUrl: app.callbackUrl,
  developerId,
  name: app.name,
  scopes: app.scopes,
  status: app.status,
  ...toHistoryAnswer(app),
});

/** An app with its keys. */
export const toAppAnswer = (whole: WholeApp, isOpen: boolean) => ({
  ...toShallowAnswer(whole),
  credentials: whole.keys.map((key) => toKeyAnswer(key, isOpen)),
});
