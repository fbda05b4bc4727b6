import { defineRoute, type Route } from '../../../src/plugin.ts';
import { organizationExample, planExample } from '../examples.ts';
import { planAnswerExample } from './rate-plan-examples.ts';
import { organizationPlanParams, ratePlanAnswer } from './rate-plan-schemas.ts';
import type { RatePlanService } from './rate-plan-service.ts';
import { toRatePlanAnswer } from './rate-plan-view.ts';

const path = '/v1/mint/organizations/:org_name/rate-plans/:plan_id';
const notFound = { 404: { description: 'There is no such rate plan.', codes: ['mint.resourceDoesNotExist'] } };

/** Plans by their id alone, which is unique in the organization: clients that do not know the package. */
export const createOrganizationPlanRoutes = (ratePlans: RatePlanService): Route[] => [
  defineRoute({
    organization: 'path',
    scopes: ['integration:read'],
    method: 'GET',
    path,
    operationId: 'getRatePlanById',
    summary: 'Read a rate plan of any package',
    params: organizationPlanParams,
    answers: {
      200: { description: 'The rate plan.', schema: ratePlanAnswer, example: planAnswerExample },
      ...notFound,
    },
    example: { params: { org_name: organizationExample, plan_id: planExample } },
    handler: async (req, res) =>
      res.json(toRatePlanAnswer(await ratePlans.read(req.organization, undefined, req.params.plan_id))),
  }),
  defineRoute({
    organization: 'path',
    scopes: ['integration:write'],
    method: 'DELETE',
    path,
    operationId: 'deleteRatePlanById',
    summary: 'Delete a rate plan of any package',
    params: organizationPlanParams,
    answers: {
      204: { description: 'The rate plan was deleted.' },
      ...notFound,
      409: {
        description: 'The rate plan is published, or notification conditions refer to it.',
        codes: ['mint.publishedRatePlanCannotBeDeleted', 'mint.ratePlanHasNotificationConditions'],
      },
    },
    example: { params: { org_name: organizationExample, plan_id: '123456' } },
    transact: async (req, trx) => {
      await ratePlans.delete(trx, req.organization, undefined, req.params.plan_id);
      return { status: 204 };
    },
  }),
];
