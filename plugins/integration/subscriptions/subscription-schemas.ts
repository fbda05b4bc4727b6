import Joi from 'joi';
import { dateInput } from '../apigee/apigee-dates.ts';
import { type ListQuery, listFields } from '../apigee/apigee-lists.ts';
import { developerReference, emailParam, idParam, loose, reference, uuidParam } from '../apigee/apigee-names.ts';
import { mintDeveloperAnswer } from '../developers/mint-developer.ts';
import { ratePlanAnswer } from '../rate-plans/rate-plan-schemas.ts';

/** Dates are milliseconds since 1970. */
export interface SubscriptionInput {
  developer?: { id: string };
  ratePlan: { id: string };
  startDate: number;
  /** Null for an open-ended subscription. */
  endDate?: number | null;
  quotaTarget?: number;
}

export type SubscriptionChange = Pick<SubscriptionInput, 'endDate' | 'quotaTarget'>;

/** 1000 percent of it is still exact as a JavaScript number. */
export const maxQuotaTarget = 1_000_000_000_000;

const changeable = {
  endDate: dateInput
    .allow(null)
    .description('The last day of the subscription, to the end of that day in UTC; the time of day is ignored.'),
  quotaTarget: loose(Joi.number().integer().min(0).max(maxQuotaTarget)).description(
    'Target per billing cycle, in transactions or in units of the custom attribute that the plan counts; 0, the default, turns notifications off.',
  ),
};

export const subscriptionInput = Joi.object<SubscriptionInput>({
  developer: reference(developerReference).description('Must be the developer in the path, by e-mail address or id.'),
  ratePlan: reference().required(),
  startDate: dateInput.required(),
  ...changeable,
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'SubscriptionInput' });

export const subscriptionChange = Joi.object<SubscriptionChange>(changeable)
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'SubscriptionChange' });

export const subscriberParams = Joi.object<{ org_name: string; email: string }>({
  org_name: idParam,
  email: emailParam,
});

/** Each subscription has its whole plan: a list has at most this many. */
export const mostListed = 1000;

export const subscriptionListQuery = Joi.object<ListQuery>({
  ...listFields,
  all: listFields.all.description(`Return the newest ${mostListed} records; \`size\` and \`page\` are ignored.`),
}).prefs({ stripUnknown: true });

export const productOfDeveloperParams = Joi.object<{ org_name: string; email: string; product_id: string }>({
  org_name: idParam,
  email: emailParam,
  product_id: idParam,
});

export const subscriptionParams = Joi.object<{ org_name: string; email: string; id: string }>({
  org_name: idParam,
  email: emailParam,
  id: uuidParam,
});

const usageFields = {
  usageCount: Joi.number()
    .required()
    .description(
      'Transactions that were counted in the running billing cycle, or in the last one after the end; with up to four decimals if the plan counts a custom attribute.',
    ),
  usagePercent: Joi.number()
    .allow(null)
    .required()
    .description('Percentage of `quotaTarget`, rounded down to hundredths; null without a target.'),
  usageResetDate: Joi.string()
    .allow(null)
    .required()
    .description('Start of the next billing cycle; null after the end and for plans that count no usage.'),
  usageThresholds: Joi.array()
    .items(Joi.number().integer())
    .required()
    .description('Percentages at which notification conditions of the plan call webhooks, ascending.'),
};

export const usageOfSubscriptionAnswer = Joi.object(usageFields).meta({ schemaName: 'SubscriptionUsage' });

export const subscriptionAnswer = Joi.object({
  id: Joi.string().guid().required(),
  developer: mintDeveloperAnswer.required(),
  ratePlan: ratePlanAnswer.required(),
  startDate: Joi.string().required(),
  endDate: Joi.string().description('The last day of the subscription; absent while it is open-ended.'),
  nextCycleStartDate: Joi.string().description(
    'Start of the next billing cycle; absent where `usageResetDate` is null.',
  ),
  renewalDate: Joi.string().description(
    'End of the running contract period of the plan; absent without one, and if the subscription or the plan ends before.',
  ),
  quotaTarget: Joi.number()
    .integer()
    .meta({ jsonSchema: { format: 'int64' } })
    .required(),
  created: Joi.string().required(),
  updated: Joi.string().required(),
  ...usageFields,
}).meta({ schemaName: 'Subscription' });
