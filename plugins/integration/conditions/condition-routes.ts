import { defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, sendList, toListQuery } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample as org_name, planExample, webhookExample } from '../examples.ts';
import type { AddressedCondition } from './condition.ts';
import { conditionAnswer, conditionInput, conditionList, conditionParams } from './condition-schemas.ts';
import type { ConditionService } from './condition-service.ts';

const base = '/v1/mint/organizations/:org_name/notification-conditions';
const read = ['integration:read'];
const write = ['integration:write'];
const organization = 'path' as const;

const id = '1fae0f5b-8a4b-4ef5-8c8b-9a2ad5b2a3d1';
const params = { org_name, id };

const input = {
  notificationCondition: [
    { attribute: 'RATEPLAN', value: planExample },
    { attribute: 'PUBLISHED', value: 'TRUE' },
    { attribute: 'UsageTarget', value: '%= 80 to 120 by 10' },
  ],
  actions: [{ actionAttribute: 'WEBHOOK', value: webhookExample }],
};

const example = {
  id,
  notificationCondition: input.notificationCondition.map((part, index) => ({
    id: `5f1b2a6e-3c57-4f0e-9a44-0d8f6f0c1a0${index}`,
    ...part,
  })),
  actions: input.actions.map((part) => ({
    id: '9e0a7c1d-5f0b-4a8e-8c55-2f6f3b1d7a01',
    ...part,
    postURL: 'http://mycompany.com/callbackhandler3',
  })),
};

const answer = { 200: { description: 'The condition.', schema: conditionAnswer, example } };
const refused = {
  400: {
    description: 'The condition breaks a rule.',
    codes: [
      ...['mint.unknownConditionAttribute', 'mint.ratePlanRequired', 'mint.ratePlanDoesNotExist'],
      ...['mint.ratePlanNotAdjustable', 'mint.ratePlanNotPublished', 'mint.invalidPublished'],
      ...['mint.usageTargetRequired', 'mint.invalidUsageTarget', 'mint.tooManyThresholds'],
      ...['mint.unknownActionAttribute', 'mint.webhookRequired', 'mint.webhookDoesNotExist', 'mint.tooManyWebhooks'],
    ],
  },
  409: {
    description:
      'The conditions of the plan may cause 4,000 callbacks together at most, or the organization has reached its limit of conditions.',
    codes: ['mint.limitReached'],
  },
};
const notFound = { 404: { description: 'There is no such condition.', codes: ['mint.resourceDoesNotExist'] } };

const toAnswer = ({ id, attributes, actions }: AddressedCondition) => ({
  id,
  notificationCondition: attributes,
  actions: actions.map(({ postUrl, ...action }) => (postUrl === undefined ? action : { ...action, postURL: postUrl })),
});

/** Routes of notification conditions, except the ones of a single condition. */
export function createConditionRoutes({ conditions }: { conditions: ConditionService }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listConditions',
      summary: 'List the notification conditions, newest first',
      description: 'Returns all conditions unless `size` (default 20) or `page` (default 1) is given.',
      scopes: read,
      organization,
      params: organizationParams,
      query: conditionList,
      answers: {
        200: {
          description: 'The requested conditions and the total number of conditions.',
          schema: listAnswer('notificationConditions', conditionAnswer).meta({ schemaName: 'ConditionList' }),
          example: { notificationConditions: [example], totalRecords: 1 },
        },
      },
      example: { params: { org_name } },
      handler: async (req, res) => {
        const list = await conditions.list(req.organization, toListQuery(req.query));
        await sendList(res, 'notificationConditions', list, toAnswer);
      },
    }),
    defineRoute({
      method: 'POST',
      path: base,
      operationId: 'createCondition',
      summary: 'Create a notification condition',
      description:
        'Calls webhooks when the usage of a rate plan reaches certain percentages of its quota target. `UsageTarget` is `%= A`, `%= A to B` (in steps of 10) or `%= A to B by S`, from 1 to 1000 percent. Several `UsageTarget` attributes are combined; a condition may have at most 200 thresholds.',
      scopes: write,
      organization,
      params: organizationParams,
      body: conditionInput,
      answers: { 200: { ...answer[200], ids: ['/id'] }, ...refused },
      example: { params: { org_name }, body: input },
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await conditions.create(trx, req.organization, req.body)),
      }),
    }),
  ];
}

/** Routes of a single notification condition. */
export function createSingleConditionRoutes({ conditions }: { conditions: ConditionService }): Route[] {
  const path = `${base}/:id`;
  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'getCondition',
      summary: 'Read a notification condition',
      scopes: read,
      organization,
      params: conditionParams,
      answers: { ...answer, ...notFound },
      example: { params },
      handler: async (req, res) => {
        res.json(toAnswer(await conditions.read(req.organization, req.params.id)));
      },
    }),
    defineRoute({
      method: 'PUT',
      path,
      operationId: 'updateCondition',
      summary: 'Replace a notification condition',
      description:
        'Replacing a condition fires no thresholds by itself. Thresholds that have fired in the current cycle do not fire again.',
      scopes: write,
      organization,
      params: conditionParams,
      body: conditionInput,
      answers: { ...answer, ...refused, ...notFound },
      example: { params, body: input },
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await conditions.update(trx, req.organization, req.params.id, req.body)),
      }),
    }),
    defineRoute({
      method: 'DELETE',
      path,
      operationId: 'deleteCondition',
      summary: 'Delete a notification condition',
      scopes: write,
      organization,
      params: conditionParams,
      answers: { 204: { description: 'The condition was deleted.' }, ...notFound },
      example: { params },
      transact: async (req, trx) => {
        await conditions.delete(trx, req.organization, req.params.id);
        return { status: 204 };
      },
    }),
  ];
}
