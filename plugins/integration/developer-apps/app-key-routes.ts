import { defineRoute, type Route } from '../../../src/plugin.ts';
import { createAttributeRoutes } from '../apigee/apigee-attribute-routes.ts';
import { productExample } from '../examples.ts';
import { keyWithProduct as answer, appOf, keyOf, ownKey } from './app-examples.ts';
import type { AppKeyService } from './app-key-service.ts';
import { appPlaceOf, toStatus } from './app-requests.ts';
import {
  appParams,
  type KeyParams,
  keyAnswer,
  keyChange,
  keyParams,
  keyProductParams,
  newKey,
  optionalAction,
  requiredAction,
} from './app-schemas.ts';
import { seesSecrets, toKeyAnswer } from './app-view.ts';

const path = '/v1/organizations/:org_name/developers/:email/apps/:app_name/keys';
const onePath = `${path}/:consumer_key`;
const productPath = `${onePath}/apiproducts/:product`;
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const missing = ['mint.resourceDoesNotExist'];
const found = { description: 'The key.', schema: keyAnswer, example: answer };
const notFound = { 404: { description: 'There is no such key.', codes: missing } };
const noProduct = { 404: { description: 'There is no such key, or no such product.', codes: missing } };
const deletable = { ...ownKey, consumerKey: 'spare-key-2026' };
const statusSet = { description: 'The status was set by `action`.' };
const onProduct = { params: { ...keyOf, product: productExample } };

const placeOf = (req: { organization: string; params: KeyParams }) => ({
  ...appPlaceOf(req),
  consumerKey: req.params.consumer_key,
});

/** Routes of the keys of an app. */
export function createAppKeyRoutes({ keys }: { keys: AppKeyService }): Route[] {
  const description = 'Products are added to those of the key; attributes and scopes replace its own.';
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path: `${path}/create`,
      operationId: 'createAppKey',
      summary: 'Add a key to an app',
      description: 'The key has no products. Without `consumerKey` or `consumerSecret` the gateway makes one.',
      params: appParams,
      body: newKey,
      answers: {
        201: { ...found, example: ownKey },
        404: { description: 'There is no such app.', codes: missing },
        409: {
          description: 'The organization has this consumer key, or the app has reached its limit of keys.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: {
        params: appOf,
        bodies: {
          'A key': { consumerKey: ownKey.consumerKey, consumerSecret: ownKey.consumerSecret },
          'A key to delete': { consumerKey: deletable.consumerKey },
        },
      },
      transact: async (req, trx) => ({
        status: 201,
        body: toKeyAnswer(await keys.create(trx, appPlaceOf(req), req.body), seesSecrets(req)),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: onePath,
      operationId: 'getAppKey',
      summary: 'Read a key of an app',
      params: keyParams,
      answers: { 200: { ...found, example: ownKey }, ...notFound },
      example: { params: keyOf },
      handler: async (req, res) => res.json(toKeyAnswer(await keys.read(placeOf(req)), seesSecrets(req))),
    }),
    defineRoute({
      ...write,
      method: 'PUT',
      path: onePath,
      operationId: 'updateAppKey',
      summary: 'Change a key of an app',
      description,
      params: keyParams,
      body: keyChange,
      answers: { 200: { ...found, example: ownKey }, ...noProduct },
      example: { params: keyOf, body: { scopes: [] } },
      transact: async (req, trx) => ({
        status: 200,
        body: toKeyAnswer(await keys.update(trx, placeOf(req), req.body), seesSecrets(req)),
      }),
    }),
    defineRoute({
      ...write,
      method: 'POST',
      path: onePath,
      operationId: 'updateAppKeyByPost',
      summary: 'Approve, revoke or change a key of an app',
      description: `With \`action\` the body is ignored. ${description}`,
      params: keyParams,
      query: optionalAction,
      body: keyChange,
      answers: { 200: found, 204: statusSet, ...noProduct },
      example: { params: keyOf, body: { apiProducts: [productExample] } },
      transact: async (req, trx) => {
        const { action } = req.query;
        if (action === undefined)
          return {
            status: 200,
            body: toKeyAnswer(await keys.update(trx, placeOf(req), req.body), seesSecrets(req)),
          };
        await keys.setStatus(trx, placeOf(req), toStatus(action));
        return { status: 204 };
      },
    }),
    ...createKeyProductRoutes({ keys }),
    ...createAttributeRoutes(
      { name: 'AppKey', title: 'key', path: onePath, params: keyParams, example: keyOf },
      keys.attributes,
    ),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: onePath,
      operationId: 'deleteAppKey',
      summary: 'Delete a key of an app',
      params: keyParams,
      answers: { 200: { ...found, description: 'The deleted key.', example: deletable }, ...notFound },
      example: { params: { ...keyOf, consumer_key: deletable.consumerKey } },
      transact: async (req, trx) => ({
        status: 200,
        body: toKeyAnswer(await keys.delete(trx, placeOf(req)), seesSecrets(req)),
      }),
    }),
  ];
}

function createKeyProductRoutes({ keys }: { keys: AppKeyService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path: productPath,
      operationId: 'updateAppKeyProduct',
      summary: 'Approve or revoke a product of a key',
      params: keyProductParams,
      query: requiredAction,
      answers: { 204: statusSet, ...noProduct },
      example: { ...onProduct, query: { action: 'approve' } },
      transact: async (req, trx) => {
        await keys.setProductStatus(trx, placeOf(req), req.params.product, toStatus(req.query.action));
        return { status: 204 };
      },
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: productPath,
      operationId: 'deleteAppKeyProduct',
      summary: 'Remove a product from a key',
      params: keyProductParams,
      answers: { 200: { ...found, example: ownKey }, ...noProduct },
      example: onProduct,
      transact: async (req, trx) => ({
        status: 200,
        body: toKeyAnswer(await keys.removeProduct(trx, placeOf(req), req.params.product), seesSecrets(req)),
      }),
    }),
  ];
}
