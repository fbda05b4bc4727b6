import { type Day, defineRoute, type Route } from '../../../src/plugin.ts';
import { organizationExample, packageExample, planExample } from '../examples.ts';
import { planAnswerExample } from './rate-plan-examples.ts';
import { keptOfRatePlan, ratePlanAnswer, ratePlanParams, revisionInput } from './rate-plan-schemas.ts';
import { toRatePlanAnswer } from './rate-plan-view.ts';
import type { RevisionService } from './revision-service.ts';

const answer = (day: Day) => {
  const parent = planAnswerExample(day);
  const { endDate: _, ...copied } = parent;
  return {
    ...copied,
    id: `${planExample}_2`,
    published: false,
    startDate: `${day(200)} 00:00:00`,
    parentRatePlan: parent,
  };
};

/** Revisions of published plans. */
export const createRevisionRoutes = ({ revisions }: { revisions: RevisionService }): Route[] => [
  defineRoute({
    organization: 'path',
    scopes: ['integration:write'],
    method: 'POST',
    path: '/v1/mint/organizations/:org_name/monetization-packages/:package_id/rate-plans/:plan_id/revision',
    operationId: 'createRatePlanRevision',
    summary: 'Create a revision of a published rate plan',
    description:
      'Omitted fields are those of the plan, except `endDate`; a revision is a draft unless `published` is true. The plan ends when a published revision starts. Subscriptions stay with the plan.',
    params: ratePlanParams,
    body: revisionInput,
    verbatim: keptOfRatePlan.names,
    answers: {
      200: { description: 'The revision.', schema: ratePlanAnswer, example: answer },
      400: {
        description:
          'The plan is not published, or the revision does not start after the plan or ends before it starts.',
        codes: [
          ...['mint.ratePlanNotPublished', 'mint.startDateNotLaterThanParentStartDate'],
          'mint.endDateEarlierThanStart',
        ],
      },
      404: { description: 'There is no such rate plan.', codes: ['mint.resourceDoesNotExist'] },
      409: {
        description: 'The id is in use, or the organization has reached its limit of rate plans.',
        codes: ['mint.resourceAlreadyExists', 'mint.limitReached'],
      },
    },
    example: (day) => ({
      params: { org_name: organizationExample, package_id: packageExample, plan_id: planExample },
      body: { startDate: `${day(200)} 00:00:00` },
    }),
    transact: async (req, trx) => {
      const { package_id, plan_id } = req.params;
      const input = keptOfRatePlan.withKept(req);
      const revision = await revisions.create(trx, req.organization, package_id, plan_id, input);
      return { status: 200, body: toRatePlanAnswer(revision) };
    },
  }),
];
