import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { idParam } from '../apigee/apigee-names.ts';
import {
  applicationExample,
  developerExample,
  itemExample,
  organizationExample,
  planExample,
  productExample,
  webhookExample,
} from '../examples.ts';
import { triggerReason } from '../usage/callback-body.ts';
import type { TestCall } from './test-payload.ts';
import { resourceId } from './webhook-schemas.ts';
import { maxPayloadBytes, type TestSubject, type WebhookTestService } from './webhook-test-service.ts';

const base = '/v1/mint/organizations/:org_name/webhooks/:id/test/:developer_email/:app_id/:product_id/:rateplan_id';
const organization = 'path' as const;

interface Params {
  org_name: string;
  id: string;
  developer_email: string;
  app_id: string;
  product_id: string;
  rateplan_id: string;
}

const fields = {
  org_name: idParam,
  id: resourceId,
  developer_email: resourceId,
  app_id: idParam,
  product_id: idParam,
  rateplan_id: idParam,
};

const params = {
  org_name: organizationExample,
  id: webhookExample,
  developer_email: developerExample,
  app_id: applicationExample,
  product_id: productExample,
  rateplan_id: planExample,
};

const call = Joi.object<TestCall>({
  eventTriggerReason: Joi.valid(triggerReason).default(triggerReason),
  properties: Joi.array()
    .items(
      Joi.object({
        key: Joi.string().max(255).required(),
        value: Joi.any().meta({ maxBytes: maxPayloadBytes }).required().description('The value as text or as JSON.'),
      }).prefs({ stripUnknown: true }),
    )
    .unique('key')
    .max(100)
    .default([])
    .description('Members of the callback to change from the sample.'),
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'WebhookTestCall' });

const example = { eventTriggerReason: triggerReason, properties: [{ key: 'quotaPercentUsed', value: '80' }] };

const faults = {
  400: { description: 'The plan has no quota target.', codes: ['mint.ratePlanNotAdjustable'] },
  404: {
    description: 'The webhook, or another resource in the path, does not exist.',
    codes: ['mint.resourceDoesNotExist'],
  },
};

const aboutOf = (req: { organization: string; params: Params }): TestSubject => ({
  organization: req.organization,
  webhook: req.params.id,
  developer: req.params.developer_email,
  application: req.params.app_id,
  product: req.params.product_id,
  ratePlan: req.params.rateplan_id,
});

/** Routes of webhook test calls. */
export function createWebhookTestRoutes({ webhookTests }: { webhookTests: WebhookTestService }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listWebhookTriggerTypes',
      summary: 'List the trigger types of a webhook',
      scopes: ['integration:read'],
      organization,
      params: Joi.object<Params>(fields),
      answers: {
        200: {
          description: 'The trigger types.',
          schema: Joi.array().items(Joi.string()).meta({ schemaName: 'WebhookTriggerTypes' }),
          example: [triggerReason],
        },
        ...faults,
      },
      example: { params },
      handler: async (req, res) => {
        res.json(await webhookTests.triggerTypes(aboutOf(req)));
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:trigger_type`,
      operationId: 'getWebhookTestCall',
      summary: 'Read a sample test call',
      scopes: ['integration:read'],
      organization,
      params: Joi.object<Params & { trigger_type: string }>({ ...fields, trigger_type: idParam }),
      answers: {
        200: { description: 'A sample that can be edited and posted.', schema: call, example },
        ...faults,
      },
      example: { params: { ...params, trigger_type: triggerReason } },
      handler: async (req, res) => {
        res.json(await webhookTests.sample(aboutOf(req), req.params.trigger_type));
      },
    }),
    defineRoute({
      method: 'POST',
      path: base,
      operationId: 'sendWebhookTestCall',
      summary: 'Send a test call to a webhook',
      description: 'Sends one attempt now, even if the webhook is disabled. A failed test call is not retried.',
      scopes: ['integration:write'],
      organization,
      params: Joi.object<Params>(fields),
      body: call,
      answers: {
        201: {
          description: 'The test call was accepted; `id` is the id of its delivery.',
          schema: Joi.object({ id: Joi.string().guid().required() }).meta({ schemaName: 'SentWebhookTestCall' }),
          example: { id: itemExample },
          ids: ['/id'],
        },
        ...faults,
        400: {
          description: 'The plan has no quota target, or a property cannot be changed in that way.',
          codes: ['mint.ratePlanNotAdjustable', 'mint.unknownProperty', 'mint.invalidProperty'],
        },
      },
      example: { params, body: example },
      transact: async (req, trx) => ({
        status: 201,
        body: {
          id: await webhookTests.send(trx, aboutOf(req), {
            properties: req.body.properties,
            traceparent: req.traceparent,
          }),
        },
      }),
    }),
  ];
}
