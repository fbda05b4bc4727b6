import { type Day, defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, sendList } from '../apigee/apigee-lists.ts';
import { mintDeveloperExample } from '../developers/mint-developer.ts';
import { developerExample, organizationExample, planExample } from '../examples.ts';
import { planAnswerExample } from '../rate-plans/rate-plan-examples.ts';
import {
  subscriberParams,
  subscriptionAnswer,
  subscriptionChange,
  subscriptionInput,
  subscriptionListQuery,
  subscriptionParams,
  usageOfSubscriptionAnswer,
} from './subscription-schemas.ts';
import type { SubscriptionService } from './subscription-service.ts';
import { toSubscriptionAnswer, toUsageAnswer } from './subscription-view.ts';

const base = '/v1/mint/organizations/:org_name/developers/:email';
const path = `${base}/developer-rateplans`;
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const input = (day: Day) => ({
  developer: { id: developerExample },
  ratePlan: { id: planExample },
  startDate: `${day(0)} 00:00:00`,
  endDate: `${day(180)} 00:00:00`,
  quotaTarget: 1000,
});
const id = '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11';
const usage = (day: Day) => ({
  usageCount: 0,
  usagePercent: 0,
  usageResetDate: `${day(31)} 00:00:00`,
  usageThresholds: [80, 100],
});
const answer = (day: Day) => ({
  ...input(day),
  id,
  developer: mintDeveloperExample,
  ratePlan: planAnswerExample(day),
  nextCycleStartDate: `${day(31)} 00:00:00`,
  created: `${day(0)} 09:41:00`,
  updated: `${day(0)} 09:41:00`,
  ...usage(day),
});
const subscriber = { org_name: organizationExample, email: developerExample };
const one = { ...subscriber, id };
const notFound = { 404: { description: 'There is no such subscription.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The subscription.', schema: subscriptionAnswer, example: answer };
const endCodes = ['mint.endDateEarlierThanStart', 'mint.endDateLaterThanPlanEndDate'];
const overlapping = {
  description: 'The developer already has a subscription to the plan in that period.',
  codes: ['mint.developerAlreadyActiveOnRatePlan'],
};

/** Routes of subscriptions: developers on rate plans. */
export function createSubscriptionRoutes({ subscriptions }: { subscriptions: SubscriptionService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createSubscription',
      summary: 'Subscribe a developer to a published rate plan',
      params: subscriberParams,
      body: subscriptionInput,
      answers: {
        201: { ...found, ids: ['/id'] },
        400: {
          description: 'The plan does not admit this subscription.',
          codes: [
            ...['mint.developerIdMismatch', 'mint.ratePlanNotPublished'],
            ...['mint.startDateEarlierThanToday', 'mint.startDateEarlierThanPlanStartDate'],
            ...['mint.startDateLaterThanPlanEndDate', ...endCodes],
          ],
        },
        404: { description: 'The developer or the rate plan does not exist.', codes: ['mint.resourceDoesNotExist'] },
        409: {
          description:
            'The developer already has a subscription to the plan in that period, or the organization has reached its limit.',
          codes: [...overlapping.codes, 'mint.limitReached'],
        },
      },
      example: (day) => ({ params: subscriber, body: input(day) }),
      transact: async (req, trx) => ({
        status: 201,
        body: toSubscriptionAnswer(await subscriptions.create(trx, req.organization, req.params.email, req.body)),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/developer-accepted-rateplans`,
      operationId: 'listSubscriptions',
      summary: "List a developer's subscriptions, newest first",
      params: subscriberParams,
      query: subscriptionListQuery,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: listAnswer('developerRatePlan', subscriptionAnswer).meta({ schemaName: 'SubscriptionList' }),
          example: (day: Day) => ({ developerRatePlan: [answer(day)], totalRecords: 1 }),
        },
        404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: { params: subscriber },
      handler: async (req, res) => {
        const found = await subscriptions.list(req.organization, req.params.email, req.query);
        await sendList(res, 'developerRatePlan', found, toSubscriptionAnswer);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:id`,
      operationId: 'getSubscription',
      summary: 'Read a subscription',
      params: subscriptionParams,
      answers: { 200: found, ...notFound },
      example: { params: one },
      handler: async (req, res) =>
        res.json(toSubscriptionAnswer(await subscriptions.read(req.organization, req.params.email, req.params.id))),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:id/usage`,
      operationId: 'getSubscriptionUsage',
      summary: 'Read the usage of a subscription in its running billing cycle',
      params: subscriptionParams,
      answers: {
        200: {
          description: 'The count, its percentage of the target, and the date on which it starts again from 0.',
          schema: usageOfSubscriptionAnswer,
          example: usage,
        },
        ...notFound,
      },
      example: { params: one },
      handler: async (req, res) => {
        const { usage } = await subscriptions.read(req.organization, req.params.email, req.params.id);
        res.json(toUsageAnswer(usage));
      },
    }),
    defineRoute({
      ...write,
      method: 'PUT',
      path: `${path}/:id`,
      operationId: 'updateSubscription',
      summary: "Change a subscription's quota target or end date",
      description:
        'Omitted fields keep their values; `"endDate": null` makes the subscription open-ended. Other members are ignored.',
      params: subscriptionParams,
      body: subscriptionChange,
      answers: {
        200: found,
        400: { description: 'The subscription cannot end then.', codes: endCodes },
        ...notFound,
        409: overlapping,
      },
      example: (day) => ({ params: one, body: { quotaTarget: 2000, endDate: `${day(300)} 00:00:00` } }),
      transact: async (req, trx) => {
        const { email, id } = req.params;
        const subscription = await subscriptions.update(trx, req.organization, email, id, req.body);
        return { status: 200, body: toSubscriptionAnswer(subscription) };
      },
    }),
  ];
}
