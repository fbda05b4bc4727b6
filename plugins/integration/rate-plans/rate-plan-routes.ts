import { type Day, defineRoute, type Route } from '../../../src/plugin.ts';
import { listAnswer, sendList, toListQuery } from '../apigee/apigee-lists.ts';
import { organizationParams } from '../apigee/apigee-names.ts';
import { organizationExample, packageExample, planExample } from '../examples.ts';
import { packageParams } from '../packages/package-schemas.ts';
import { createOrganizationPlanRoutes } from './organization-plan-routes.ts';
import { planAnswerExample, planInputExample } from './rate-plan-examples.ts';
import {
  keptOfRatePlan,
  packagePlanListQuery,
  planListQuery,
  ratePlanAnswer,
  ratePlanChange,
  ratePlanInput,
  ratePlanParams,
} from './rate-plan-schemas.ts';
import type { RatePlanService } from './rate-plan-service.ts';
import { toRatePlanAnswer } from './rate-plan-view.ts';

const base = '/v1/mint/organizations/:org_name';
const path = `${base}/monetization-packages/:package_id/rate-plans`;
const read = { organization: 'path', scopes: ['integration:read'] } as const;
const write = { organization: 'path', scopes: ['integration:write'] } as const;

const draft = { name: 'Draft', published: false };
const anotherDraft = { id: '123456', name: 'Another draft' };
const org = { org_name: organizationExample };
const ofPackage = { ...org, package_id: packageExample };
const one = { ...ofPackage, plan_id: planExample };
const notFound = { 404: { description: 'There is no such rate plan.', codes: ['mint.resourceDoesNotExist'] } };
const found = { description: 'The rate plan.', schema: ratePlanAnswer, example: planAnswerExample };
const listed = {
  description: 'The requested part of the list, and the total number of records.',
  schema: listAnswer('ratePlan', ratePlanAnswer).meta({ schemaName: 'RatePlanList' }),
  example: (day: Day) => ({ ratePlan: [planAnswerExample(day)], totalRecords: 1 }),
};

/** Routes of rate plans. */
export function createRatePlanRoutes({ ratePlans }: { ratePlans: RatePlanService }): Route[] {
  return [
    defineRoute({
      ...write,
      method: 'POST',
      path,
      operationId: 'createRatePlan',
      summary: 'Create a rate plan',
      description: "The plan's id is `id`, else `<package id>_<name>`, in lower case and with `_` for spaces.",
      params: packageParams,
      body: ratePlanInput,
      verbatim: keptOfRatePlan.names,
      answers: {
        201: found,
        400: { description: 'The plan ends before it starts.', codes: ['mint.endDateEarlierThanStart'] },
        404: { description: 'There is no such package.', codes: ['mint.resourceDoesNotExist'] },
        409: {
          description: 'The id is in use, or the organization has reached its limit of rate plans.',
          codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
        },
      },
      example: (day) => ({
        params: ofPackage,
        bodies: {
          'A published plan': planInputExample(day),
          'A draft to delete': draft,
          'Another draft': anotherDraft,
        },
      }),
      transact: async (req, trx) => ({
        status: 201,
        body: toRatePlanAnswer(
          await ratePlans.create(trx, req.organization, req.params.package_id, keptOfRatePlan.withKept(req)),
        ),
      }),
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path,
      operationId: 'listPackageRatePlans',
      summary: "List a package's rate plans by id",
      description: 'Current plans alone unless `current=false`. Returns everything unless `size` or `page` is given.',
      params: packageParams,
      query: packagePlanListQuery,
      answers: { 200: listed, 404: { description: 'There is no such package.', codes: ['mint.resourceDoesNotExist'] } },
      example: { params: ofPackage },
      handler: async (req, res) => {
        const wanted = { ...toListQuery(req.query), current: req.query.current };
        const list = await ratePlans.listOfPackage(req.organization, req.params.package_id, wanted);
        await sendList(res, 'ratePlan', list, toRatePlanAnswer);
      },
    }),
    defineRoute({
      ...read,
      method: 'GET',
      path: `${base}/rate-plans`,
      operationId: 'listRatePlans',
      summary: 'List the rate plans of all packages by id',
      params: organizationParams,
      query: planListQuery,
      answers: { 200: listed },
      example: { params: org },
      handler: async (req, res) =>
        sendList(res, 'ratePlan', await ratePlans.list(req.organization, req.query), toRatePlanAnswer),
    }),
    ...createSingleRoutes(ratePlans),
    ...createOrganizationPlanRoutes(ratePlans),
  ];
}

function createSingleRoutes(ratePlans: RatePlanService): Route[] {
  return [
    defineRoute({
      ...read,
      method: 'GET',
      path: `${path}/:plan_id`,
      operationId: 'getRatePlan',
      summary: 'Read a rate plan',
      params: ratePlanParams,
      answers: { 200: found, ...notFound },
      example: { params: one },
      handler: async (req, res) => {
        const { package_id, plan_id } = req.params;
        res.json(toRatePlanAnswer(await ratePlans.read(req.organization, package_id, plan_id)));
      },
    }),
    defineRoute({
      ...write,
      method: 'PUT',
      path: `${path}/:plan_id`,
      operationId: 'updateRatePlan',
      summary: 'Change a rate plan',
      description:
        'Omitted fields keep their values. Only the `endDate` of a published plan can be changed. Publishing a revision ends its parent when the revision starts.',
      params: ratePlanParams,
      body: ratePlanChange,
      verbatim: keptOfRatePlan.names,
      answers: {
        200: found,
        400: {
          description:
            'The plan would end before it starts, its name would change, or a revision would start with its parent.',
          codes: [
            ...['mint.endDateEarlierThanStart', 'mint.idCannotBeChanged'],
            'mint.startDateNotLaterThanParentStartDate',
          ],
        },
        ...notFound,
        409: {
          description:
            'The plan is published, and a field other than `endDate` would change; or notification conditions refer to it, and it would no longer be an adjustable notification plan.',
          codes: ['mint.publishedRatePlanCannotBeChanged', 'mint.ratePlanHasNotificationConditions'],
        },
      },
      example: (day) => ({ params: one, body: { endDate: `${day(730)} 00:00:00` } }),
      transact: async (req, trx) => {
        const { package_id, plan_id } = req.params;
        const plan = await ratePlans.update(trx, req.organization, package_id, plan_id, keptOfRatePlan.withKept(req));
        return { status: 200, body: toRatePlanAnswer(plan) };
      },
    }),
    defineRoute({
      ...write,
      method: 'DELETE',
      path: `${path}/:plan_id`,
      operationId: 'deleteRatePlan',
      summary: 'Delete a rate plan',
      params: ratePlanParams,
      answers: {
        204: { description: 'The rate plan was deleted.' },
        ...notFound,
        409: {
          description: 'The rate plan is published, or notification conditions refer to it.',
          codes: ['mint.publishedRatePlanCannotBeDeleted', 'mint.ratePlanHasNotificationConditions'],
        },
      },
      example: { params: { ...ofPackage, plan_id: 'location_draft' } },
      transact: async (req, trx) => {
        await ratePlans.delete(trx, req.organization, req.params.package_id, req.params.plan_id);
        return { status: 204 };
      },
    }),
  ];
}
