import { type Day, defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, listQuery, sendList } from '../apigee/apigee-lists.ts';
import { developerExample, organizationExample, productExample } from '../examples.ts';
import { planAnswerExample } from '../rate-plans/rate-plan-examples.ts';
import { ratePlanAnswer } from '../rate-plans/rate-plan-schemas.ts';
import { toRatePlanAnswer } from '../rate-plans/rate-plan-view.ts';
import type { ActivePlanService } from './active-plan-service.ts';
import { productOfDeveloperParams, subscriberParams } from './subscription-schemas.ts';

const base = '/v1/mint/organizations/:org_name/developers/:email';
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const subscriber = { org_name: organizationExample, email: developerExample };

/** Routes of the plans that a developer is subscribed to now. */
export function createActivePlanRoutes({ activePlans }: { activePlans: ActivePlanService }): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/developer-rateplans`,
      operationId: 'listActiveRatePlans',
      summary: "List the plans of a developer's active subscriptions, the latest subscription first",
      params: subscriberParams,
      query: listQuery,
      answers: {
        200: {
          description: 'The requested part of the list, and the total number of records.',
          schema: listAnswer('ratePlan', ratePlanAnswer).meta({ schemaName: 'RatePlanList' }),
          example: (day: Day) => ({ ratePlan: [planAnswerExample(day)], totalRecords: 1 }),
        },
        404: { description: 'There is no such developer.', codes: ['mint.resourceDoesNotExist'] },
      },
      example: { params: subscriber },
      handler: async (req, res) => {
        const found = await activePlans.list(req.organization, req.params.email, req.query);
        await sendList(res, 'ratePlan', found, toRatePlanAnswer);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/products/:product_id/rate-plan-by-developer-product`,
      operationId: 'getRatePlanOfProduct',
      summary: "Read the plan of a developer's active subscription that covers a product",
      description: 'Of several, the plan of the latest subscription.',
      params: productOfDeveloperParams,
      answers: {
        200: { description: 'The rate plan.', schema: ratePlanAnswer, example: planAnswerExample },
        404: {
          description: 'There is no such developer or product, or no active subscription of the developer covers it.',
          codes: ['mint.resourceDoesNotExist'],
        },
      },
      example: { params: { ...subscriber, product_id: productExample } },
      handler: async (req, res) => {
        const { email, product_id } = req.params;
        res.json(toRatePlanAnswer(await activePlans.findOfProduct(req.organization, email, product_id)));
      },
    }),
  ];
}
