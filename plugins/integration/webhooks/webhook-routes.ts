import { defineRoute, type Principal, type Route } from '../../../src/plugin.ts';
import { windowOf } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { webhookExample as id, organizationExample as org_name } from '../examples.ts';
import {
  changedWebhook,
  ignoredQuery,
  newWebhook,
  type WebhookListQuery,
  webhookAnswer,
  webhookDeletion,
  webhookList,
  webhookListAnswer,
  webhookParams,
} from './webhook-schemas.ts';
import type { WebhookCaller, WebhookService } from './webhook-service.ts';
import { toAnswer } from './webhook-view.ts';

const base = '/v1/mint/organizations/:org_name/webhooks';
const read = ['integration:read'];
const write = ['integration:write'];
const organization = 'path' as const;

const params = { org_name, id };

const example = {
  created: 1460385534555,
  createdBy: 'joe@example.com',
  enabled: false,
  id,
  name: 'webhook3',
  orgId: org_name,
  postUrl: 'http://mycompany.com/callbackhandler3',
  updated: 1460385534555,
  updatedBy: 'joe@example.com',
};

const answer = { 200: { description: 'The webhook.', schema: webhookAnswer, example } };
const notFound = { 404: { description: '`mint.resourceDoesNotExist`: there is no such webhook.' } };
const refused = {
  400: { description: '`mint.webhookPostUrlRefused`: the gateway does not send callbacks to this address.' },
};
const taken = { 409: { description: '`mint.webhookNameAlreadyExists`: another webhook has this name.' } };

const maxEmail = 254;

/** The organization and the caller's name, for `createdBy` and `updatedBy`. */
function callerOf(req: { organization: string; principal: Principal | undefined }): WebhookCaller {
  const by = req.principal?.email ?? req.principal?.subject ?? '';
  return { organization: req.organization, by: by.slice(0, maxEmail) };
}

const windowFor = ({ all, size, page }: WebhookListQuery) =>
  size === undefined && page === undefined
    ? undefined
    : windowOf({ all: all ?? false, size: size ?? 20, page: page ?? 1 });

/** Routes of webhooks, except the ones of a single webhook. */
export function createWebhookRoutes({ webhooks }: { webhooks: WebhookService }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      summary: 'List the webhooks, newest first',
      description: 'Returns all webhooks unless `size` (default 20) or `page` (default 1) is given.',
      scopes: read,
      organization,
      params: organizationParams,
      query: webhookList,
      answers: {
        200: {
          description: 'The requested webhooks; `totalRecords` counts all pages.',
          schema: webhookListAnswer,
          example: { totalRecords: 1, webhooks: [example] },
        },
      },
      example: { params: { org_name }, query: { size: '20', page: '1', sort: 'name:asc', name: 'webhook' } },
      handler: async (req, res) => {
        const { sort, name } = req.query;
        const listed = await webhooks.list({ organization: req.organization, name }, sort, windowFor(req.query));
        res.json({ totalRecords: listed.total, webhooks: listed.webhooks.map(toAnswer) });
      },
    }),
    defineRoute({
      method: 'POST',
      path: base,
      summary: 'Create a webhook',
      description: 'The webhook is disabled unless `enabled` is true.',
      scopes: write,
      organization,
      params: organizationParams,
      body: newWebhook,
      answers: { 200: { ...answer[200], ids: ['/id'] }, ...refused, ...taken },
      example: {
        params: { org_name },
        body: { name: 'webhook3', postURL: 'http://mycompany.com/callbackhandler3' },
      },
      prepare: (req) => webhooks.checkReachable(req.body),
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await webhooks.create(trx, callerOf(req), req.body)),
      }),
    }),
  ];
}

/** Routes of a single webhook. */
export function createSingleWebhookRoutes({ webhooks }: { webhooks: WebhookService }): Route[] {
  const change = (method: 'PUT' | 'POST'): Route =>
    defineRoute({
      method,
      path: `${base}/:id`,
      summary: method === 'PUT' ? 'Change a webhook' : 'Change, enable or disable a webhook',
      description:
        'Omitted fields keep their values. Disabling a webhook holds its pending deliveries; enabling it releases them. PUT and POST do the same.',
      scopes: write,
      organization,
      params: webhookParams,
      body: changedWebhook,
      answers: { ...answer, ...refused, ...notFound, ...taken },
      example: {
        params,
        body: method === 'PUT' ? { postURL: 'http://mycompany.com/callbackhandler4' } : { enabled: 'true' },
      },
      prepare: (req) => webhooks.checkReachable(req.body),
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await webhooks.update(trx, callerOf(req), req.params.id, req.body)),
      }),
    });

  return [
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      summary: 'Read a webhook',
      scopes: read,
      organization,
      params: webhookParams,
      query: ignoredQuery,
      answers: { ...answer, ...notFound },
      example: { params },
      handler: async (req, res) => {
        res.json(toAnswer(await webhooks.read(req.organization, req.params.id)));
      },
    }),
    change('PUT'),
    change('POST'),
    defineRoute({
      method: 'DELETE',
      path: `${base}/:id`,
      summary: 'Delete a webhook',
      description: 'Pending and held deliveries are cancelled.',
      scopes: write,
      organization,
      params: webhookParams,
      query: webhookDeletion,
      answers: {
        204: { description: 'The webhook was deleted.' },
        ...notFound,
        409: {
          description:
            '`mint.webhookHasPendingDeliveries`: the webhook has unsettled deliveries and `forceDelete` is false.',
        },
      },
      example: { params, query: { forceDelete: 'true' } },
      transact: async (req, trx) => {
        await webhooks.delete(trx, req.organization, req.params.id, req.query.forceDelete);
        return { status: 204 };
      },
    }),
  ];
}
