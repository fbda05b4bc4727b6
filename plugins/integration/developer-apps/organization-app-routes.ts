import { defineRoute, type Route } from '../../../src/plugin.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample as org_name } from '../examples.ts';
import { app, appIdExample } from './app-examples.ts';
import { allAppsQuery, appAnswer, appIdParams, appListAnswer, tooManyKeys } from './app-schemas.ts';
import type { AppService } from './app-service.ts';
import { seesSecrets, toAppAnswer, toShallowAnswer } from './app-view.ts';

const path = '/v1/organizations/:org_name/apps';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const found = { description: 'The app, with its keys.', schema: appAnswer, example: app };
const notFound = { 404: { description: 'There is no such app.', codes: ['mint.resourceDoesNotExist'] } };

/** Routes of the apps of all developers of an organization. */
export function createOrganizationAppRoutes({ apps }: { apps: AppService }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listApps',
      summary: 'List the apps of an organization by id',
      description: 'Returns the ids, or with `expand=true` whole apps.',
      params: organizationParams,
      query: allAppsQuery,
      answers: {
        200: { description: 'The ids; with `expand=true` the apps.', schema: appListAnswer, example: { app: [app] } },
        ...tooManyKeys,
      },
      example: { params: { org_name }, query: { expand: 'true' } },
      handler: async (req, res) => {
        const { expand, includeCred, count, rows, startKey, status, apptype, appfamily } = req.query;
        const wanted = {
          ...{ startKey, count: rows ?? count },
          ...(status === undefined ? {} : { status }),
          ...(appfamily === undefined ? {} : { appFamily: appfamily }),
        };
        const hasKeys = includeCred;
        const isNone = apptype !== undefined && apptype !== 'developer';
        if (!expand) return res.json(isNone ? [] : await apps.ids(req.organization, wanted));
        const listed = isNone ? [] : await apps.listAll(req.organization, wanted, hasKeys);
        const isOpen = seesSecrets(req);
        return res.json({ app: listed.map((each) => (hasKeys ? toAppAnswer(each, isOpen) : toShallowAnswer(each))) });
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:app_id`,
      operationId: 'getApp',
      summary: 'Read an app by its id',
      params: appIdParams,
      answers: { 200: found, ...notFound },
      example: { params: { org_name, app_id: appIdExample } },
      handler: async (req, res) =>
        res.json(toAppAnswer(await apps.readById(req.organization, req.params.app_id), seesSecrets(req))),
    }),
    defineRoute({
      organization: 'path',
      scopes: ['integration:write'],
      method: 'DELETE',
      path: `${path}/:app_id`,
      operationId: 'deleteApp',
      summary: 'Delete an app by its id, with its keys',
      params: appIdParams,
      answers: { 200: { ...found, description: 'The deleted app.' }, ...notFound },
      example: { params: { org_name, app_id: appIdExample } },
      transact: async (req, trx) => ({
        status: 200,
        body: toAppAnswer(await apps.deleteById(trx, req.organization, req.params.app_id), seesSecrets(req)),
      }),
    }),
  ];
}
