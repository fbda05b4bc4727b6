import { defineRoute, entityTag, type Route, requireMatch, sendTagged } from '../../../src/plugin.ts';
import { callerOf } from '../apigee/apigee-caller.ts';
import { toListQuery, windowOf } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { webhookExample as id, organizationExample as org_name } from '../examples.ts';
import type { Webhook } from './webhook.ts';
import {
  changedWebhook,
  newWebhook,
  webhookAnswer,
  webhookDeletion,
  webhookList,
  webhookListAnswer,
  webhookParams,
} from './webhook-schemas.ts';
import type { WebhookService } from './webhook-service.ts';
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
const notFound = { 404: { description: 'There is no such webhook.', codes: ['mint.resourceDoesNotExist'] } };
const refused = {
  400: {
    description: 'The gateway does not send callbacks to this address.',
    codes: ['mint.webhookPostUrlRefused'],
  },
};
const taken = {
  409: { description: 'Another webhook has this name.', codes: ['mint.webhookNameAlreadyExists'] },
};

const tagOf = (webhook: Webhook): string => entityTag(toAnswer(webhook));

/** Routes of webhooks, except the ones of a single webhook. */
export function createWebhookRoutes({ webhooks }: { webhooks: WebhookService }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listWebhooks',
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
        const listed = await webhooks.list(
          { organization: req.organization, name },
          sort,
          windowOf(toListQuery(req.query)),
        );
        res.json({ totalRecords: listed.total, webhooks: listed.webhooks.map(toAnswer) });
      },
    }),
    defineRoute({
      method: 'POST',
      path: base,
      operationId: 'createWebhook',
      summary: 'Create a webhook',
      description: 'The webhook is disabled unless `enabled` is true.',
      scopes: write,
      organization,
      params: organizationParams,
      body: newWebhook,
      answers: {
        200: { ...answer[200], ids: ['/id'], headers: { ETag: 'State of the webhook, for `If-Match`.' } },
        ...refused,
        409: {
          description: 'Another webhook has this name, or the organization has reached its limit of webhooks.',
          codes: [...taken[409].codes, 'mint.limitReached'],
        },
      },
      example: {
        params: { org_name },
        body: { name: 'webhook3', postURL: 'http://mycompany.com/callbackhandler3' },
      },
      prepare: (req) => webhooks.checkReachable(req.body),
      transact: async (req, trx) => {
        const created = await webhooks.create(trx, callerOf(req), req.body);
        return { status: 200, headers: { ETag: tagOf(created) }, body: toAnswer(created) };
      },
    }),
  ];
}

/** Routes of a single webhook. */
export function createSingleWebhookRoutes({ webhooks }: { webhooks: WebhookService }): Route[] {
  const about = { path: `${base}/:id`, organization, params: webhookParams, conditional: true };
  const change = (method: 'PUT' | 'POST'): Route =>
    defineRoute({
      ...about,
      method,
      operationId: method === 'PUT' ? 'updateWebhook' : 'updateWebhookByPost',
      summary: method === 'PUT' ? 'Change a webhook' : 'Change, enable or disable a webhook',
      description:
        'Omitted fields keep their values. Disabling a webhook holds its pending deliveries; enabling it releases them. PUT and POST do the same.',
      scopes: write,
      body: changedWebhook,
      answers: { ...answer, ...refused, ...notFound, ...taken },
      example: {
        params,
        body: method === 'PUT' ? { postURL: 'http://mycompany.com/callbackhandler4' } : { enabled: 'true' },
      },
      prepare: (req) => webhooks.checkReachable(req.body),
      transact: async (req, trx) => {
        const updated = await webhooks.update(trx, callerOf(req), req.params.id, req.body, (before) =>
          requireMatch(req, () => tagOf(before)),
        );
        return { status: 200, headers: { ETag: tagOf(updated) }, body: toAnswer(updated) };
      },
    });

  return [
    defineRoute({
      ...about,
      method: 'GET',
      operationId: 'getWebhook',
      summary: 'Read a webhook',
      scopes: read,
      answers: { ...answer, ...notFound },
      example: { params },
      handler: async (req, res) => {
        sendTagged(req, res, toAnswer(await webhooks.read(req.organization, req.params.id)));
      },
    }),
    change('PUT'),
    change('POST'),
    defineRoute({
      ...about,
      method: 'DELETE',
      operationId: 'deleteWebhook',
      summary: 'Delete a webhook',
      description: 'Pending and held deliveries are cancelled.',
      scopes: write,
      query: webhookDeletion,
      answers: {
        204: { description: 'The webhook was deleted.' },
        ...notFound,
        409: {
          description: 'The webhook has unsettled deliveries and `forceDelete` is false.',
          codes: ['mint.webhookHasPendingDeliveries'],
        },
      },
      example: { params, query: { forceDelete: 'true' } },
      transact: async (req, trx) => {
        await webhooks.delete(trx, req.organization, req.params.id, req.query.forceDelete, (before) =>
          requireMatch(req, () => tagOf(before)),
        );
        return { status: 204 };
      },
    }),
  ];
}
