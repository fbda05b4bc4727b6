import {
  type Answer,
  defineRoute,
  entityTag,
  type Knex,
  type Route,
  type RouteRequest,
  requireMatch,
  sendTagged,
} from '../../../src/plugin.ts';
import { distributorParams } from '../distributors/distributor-schemas.ts';
import { distributorExample, organizationExample, webhookExample } from '../examples.ts';
import { webhookParams } from '../webhooks/webhook-schemas.ts';
import type { StoredSettings } from './delivery-columns.ts';
import { mask } from './delivery-headers.ts';
import {
  type DistributorSettingsInput,
  distributorSettingsAnswer,
  distributorSettingsChange,
  distributorSettingsInput,
  type SettingsInput,
  webhookSettingsAnswer,
  webhookSettingsChange,
  webhookSettingsInput,
} from './delivery-schemas.ts';
import { type DistributorDelivery, toDistributorAnswer, toWebhookAnswer } from './delivery-view.ts';
import type { DistributorSettingsService } from './distributor-settings-service.ts';
import { changedInput } from './replaced-settings.ts';
import type { WebhookSettingsService } from './webhook-settings-service.ts';

const read = ['integration:read'];
const write = ['integration:write'];
const conditional = true;

const shared = {
  headers: { 'X-Api-Key': 'secret' },
  retry_schedule: [5, 60, 3600],
  timeout_ms: 5000,
  rate_limit: { per_second: 10 },
  ordered: true,
  disable_after_s: 86_400,
};
const masked = { ...shared, headers: { 'X-Api-Key': mask } };
const replacing =
  'Replaces all settings: an omitted field takes its default. A masked header that is sent back keeps the stored value. Headers are bound to scheme, host and port of the endpoint.';
const changing =
  'Changes the given settings and keeps all others. Null is the default of a setting. Headers are set one by one, and null removes one.';
const switching = 'Disabling a distributor holds its deliveries; enabling it releases them.';

/** Entity tags cover changes of headers, whose values no answer shows. */
const distributorTag = (delivery: DistributorDelivery): string =>
  entityTag(toDistributorAnswer(delivery), delivery.stored.revision);
const webhookTag = (stored: StoredSettings): string => entityTag(toWebhookAnswer(stored), stored.revision);

/** Routes of the delivery settings of distributors. */
export function createDistributorSettingsRoutes({ settings }: { settings: DistributorSettingsService }): Route[] {
  const about = { path: '/api/v1/integration/distributors/:id/delivery', params: distributorParams, conditional };
  const params = { id: distributorExample };
  const events = { enabled: true, event_types: ['order.*'] };
  const answers = {
    200: {
      description: 'The delivery settings, with masked values of headers.',
      schema: distributorSettingsAnswer,
      example: { ...events, ...masked },
    },
    404: { description: 'There is no such distributor.' },
  };
  async function writing(
    req: RouteRequest<{ id: string }>,
    trx: Knex.Transaction,
    inputOf: (before: DistributorDelivery) => DistributorSettingsInput,
  ): Promise<Answer> {
    const after = await settings.write(trx, { organization: req.organization, id: req.params.id }, (before) => {
      requireMatch(req, () => distributorTag(before));
      return inputOf(before);
    });
    return { status: 200, headers: { ETag: distributorTag(after) }, body: toDistributorAnswer(after) };
  }
  return [
    defineRoute({
      ...about,
      method: 'GET',
      operationId: 'getDistributorDelivery',
      summary: "Read a distributor's delivery settings",
      scopes: read,
      answers,
      example: { params },
      handler: async (req, res) => {
        const delivery = await settings.read(req.organization, req.params.id);
        sendTagged(req, res, toDistributorAnswer(delivery), distributorTag(delivery));
      },
    }),
    defineRoute({
      ...about,
      method: 'PUT',
      operationId: 'updateDistributorDelivery',
      summary: "Replace a distributor's delivery settings",
      description: `${replacing} ${switching}`,
      scopes: write,
      body: distributorSettingsInput,
      answers,
      example: { params, body: { ...events, ...shared } },
      transact: (req, trx) => writing(req, trx, () => req.body),
    }),
    defineRoute({
      ...about,
      method: 'PATCH',
      operationId: 'patchDistributorDelivery',
      summary: "Change some of a distributor's delivery settings",
      description: `${changing} ${switching}`,
      scopes: write,
      body: distributorSettingsChange,
      answers,
      example: { params, body: { enabled: true } },
      transact: (req, trx) =>
        writing(req, trx, (before) => changedInput<DistributorSettingsInput>(toDistributorAnswer(before), req.body)),
    }),
  ];
}

/** Routes of the delivery settings of webhooks. */
export function createWebhookSettingsRoutes({ settings }: { settings: WebhookSettingsService }): Route[] {
  const about = {
    path: '/v1/mint/organizations/:org_name/webhooks/:id/delivery',
    organization: 'path',
    params: webhookParams,
    conditional,
  } as const;
  const params = { org_name: organizationExample, id: webhookExample };
  const answers = {
    200: {
      description: 'The delivery settings, with masked values of headers.',
      schema: webhookSettingsAnswer,
      example: masked,
    },
    404: { description: 'There is no such webhook.', codes: ['mint.resourceDoesNotExist'] },
  };
  async function writing(
    req: RouteRequest<{ id: string }>,
    trx: Knex.Transaction,
    inputOf: (before: StoredSettings) => SettingsInput,
  ): Promise<Answer> {
    const after = await settings.write(trx, { organization: req.organization, id: req.params.id }, (before) => {
      requireMatch(req, () => webhookTag(before));
      return inputOf(before);
    });
    return { status: 200, headers: { ETag: webhookTag(after) }, body: toWebhookAnswer(after) };
  }
  return [
    defineRoute({
      ...about,
      method: 'GET',
      operationId: 'getWebhookDelivery',
      summary: "Read a webhook's delivery settings",
      scopes: read,
      answers,
      example: { params },
      handler: async (req, res) => {
        const stored = await settings.read(req.organization, req.params.id);
        sendTagged(req, res, toWebhookAnswer(stored), webhookTag(stored));
      },
    }),
    defineRoute({
      ...about,
      method: 'PUT',
      operationId: 'updateWebhookDelivery',
      summary: "Replace a webhook's delivery settings",
      description: replacing,
      scopes: write,
      body: webhookSettingsInput,
      answers,
      example: { params, body: shared },
      transact: (req, trx) => writing(req, trx, () => req.body),
    }),
    defineRoute({
      ...about,
      method: 'PATCH',
      operationId: 'patchWebhookDelivery',
      summary: "Change some of a webhook's delivery settings",
      description: changing,
      scopes: write,
      body: webhookSettingsChange,
      answers,
      example: { params, body: { timeout_ms: 2000 } },
      transact: (req, trx) =>
        writing(req, trx, (before) => changedInput<SettingsInput>(toWebhookAnswer(before), req.body)),
    }),
  ];
}
