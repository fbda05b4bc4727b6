import { defineRoute, type Route } from '../../../src/plugin.ts';
import { createAttributeRoutes } from '../apigee/apigee-attribute-routes.ts';
import { callerOf } from '../apigee/apigee-caller.ts';
import { app, appOf, appInput as input, ownerOf } from './app-examples.ts';
import { appPlaceOf, toStatus } from './app-requests.ts';
import {
  appAnswer,
  appChange,
  appInput,
  appListAnswer,
  appListQuery,
  appParams,
  optionalAction,
  ownerParams,
  tooManyKeys,
} from './app-schemas.ts';
import type { AppService } from './app-service.ts';
import { seesSecrets, toAppAnswer, toShallowAnswer } from './app-view.ts';

const path = '/v1/organizations/:org_name/developers/:email/apps';
const onePath = `${path}/:app_name`;
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const missing = ['mint.resourceDoesNotExist'];
const found = { description: 'The app, with its keys.', schema: appAnswer, example: app };
const notFound = { 404: { description: 'There is no such app.', codes: missing } };
const changeFaults = {
  404: { description: 'There is no such app, or no such product.', codes: missing },
  409: { description: 'The app has reached its limit of keys.', codes: ['mint.limitReached'] },
};
const changed = { params: appOf, body: { callbackUrl: 'https://example.com/other' } };
const spare = { ...input, name: 'spare-app' };

/** Routes of the apps of developers. */
export function createAppRoutes({ apps }: { apps: AppService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createDeveloperApp',
      summary: 'Create an app of a developer, with its first key',
      params: ownerParams,
      body: appInput,
      answers: {
        201: { ...found, ids: ['/appId'] },
        404: { description: 'There is no such developer, or no such product.', codes: missing },
        409: {
          description: 'The developer has an app of this name, or the organization has reached its limit of apps.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: { params: ownerOf, bodies: { 'An app to delete': spare, 'An app': input } },
      transact: async (req, trx) => ({
        status: 201,
        body: toAppAnswer(await apps.create(trx, callerOf(req), req.params.email, req.body), seesSecrets(req)),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listDeveloperApps',
      summary: "List a developer's apps by name",
      description: 'Returns the names, or with `expand=true` whole apps.',
      params: ownerParams,
      query: appListQuery,
      answers: {
        200: {
          description: 'The names; with `expand=true` the apps.',
          schema: appListAnswer,
          example: { app: [app] },
        },
        ...tooManyKeys,
        404: { description: 'There is no such developer.', codes: missing },
      },
      example: { params: ownerOf, query: { expand: 'true' } },
      handler: async (req, res) => {
        const { expand, shallowExpand } = req.query;
        const { organization, params, query } = req;
        if (!expand && !shallowExpand) return res.json(await apps.names(organization, params.email, query));
        const listed = await apps.list(organization, params.email, query, expand);
        const toAnswer = expand ? whole(seesSecrets(req)) : toShallowAnswer;
        return res.json({ app: listed.map(toAnswer) });
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: onePath,
      operationId: 'getDeveloperApp',
      summary: "Read a developer's app",
      params: appParams,
      answers: { 200: found, ...notFound },
      example: { params: appOf },
      handler: async (req, res) => res.json(toAppAnswer(await apps.read(appPlaceOf(req)), seesSecrets(req))),
    }),
    ...createAttributeRoutes(
      { name: 'DeveloperApp', title: 'app', path: onePath, params: appParams, example: appOf },
      apps.attributes,
    ),
    ...createAppChangeRoutes({ apps }),
  ];
}

const whole = (isOpen: boolean) => (each: Parameters<typeof toAppAnswer>[0]) => toAppAnswer(each, isOpen);

function createAppChangeRoutes({ apps }: { apps: AppService }): Route[] {
  const description =
    'Omitted fields keep their values. With `apiProducts` a new key for these products is issued. The name cannot be changed.';
  return [
    defineRoute({
      ...write,
      method: 'PUT',
      path: onePath,
      operationId: 'updateDeveloperApp',
      summary: "Change a developer's app, or issue a key",
      description,
      params: appParams,
      body: appChange,
      answers: { 200: found, ...changeFaults },
      example: changed,
      transact: async (req, trx) => {
        const updated = await apps.update(trx, appPlaceOf(req), callerOf(req).by, req.body);
        return { status: 200, body: toAppAnswer(updated, seesSecrets(req)) };
      },
    }),
    defineRoute({
      ...write,
      method: 'POST',
      path: onePath,
      operationId: 'updateDeveloperAppByPost',
      summary: "Approve, revoke or change a developer's app",
      description: `With \`action\` the body is ignored. ${description}`,
      params: appParams,
      query: optionalAction,
      body: appChange,
      answers: { 200: found, 204: { description: 'The status was set by `action`.' }, ...changeFaults },
      example: changed,
      transact: async (req, trx) => {
        const { by } = callerOf(req);
        const { action } = req.query;
        if (action === undefined) {
          const updated = await apps.update(trx, appPlaceOf(req), by, req.body);
          return { status: 200, body: toAppAnswer(updated, seesSecrets(req)) };
        }
        await apps.setStatus(trx, appPlaceOf(req), by, toStatus(action));
        return { status: 204 };
      },
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: onePath,
      operationId: 'deleteDeveloperApp',
      summary: "Delete a developer's app and its keys",
      params: appParams,
      answers: {
        200: { ...found, description: 'The deleted app.', example: { ...app, name: spare.name } },
        ...notFound,
      },
      example: { params: { ...appOf, app_name: spare.name } },
      transact: async (req, trx) => ({
        status: 200,
        body: toAppAnswer(await apps.delete(trx, appPlaceOf(req)), seesSecrets(req)),
      }),
    }),
  ];
}
