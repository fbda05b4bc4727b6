import Joi from 'joi';
import { dateInput } from '../apigee/apigee-dates.ts';
import { emailParam, emailText, idParam, loose, reference, uuidParam } from '../apigee/apigee-names.ts';

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
  endDate: dateInput.allow(null),
  quotaTarget: loose(Joi.number().integer().min(0).max(maxQuotaTarget)).description(
    'Target number of transactions per billing cycle; 0 turns notifications off. Required for adjustable notification plans.',
  ),
};

export const subscriptionInput = Joi.object<SubscriptionInput>({
  developer: reference(emailText).description('Must be the developer in the path.'),
  ratePlan: reference().required(),
  startDate: dateInput.required(),
  ...changeable,
}).prefs({ stripUnknown: true });

export const subscriptionChange = Joi.object<SubscriptionChange>(changeable).prefs({ stripUnknown: true });

/** Clients of this API family send parameters about fees; they are ignored. */
export const subscriptionQuery = Joi.object({}).prefs({ stripUnknown: true });

export const subscriberParams = Joi.object<{ org_name: string; email: string }>({
  org_name: idParam,
  email: emailParam,
});

export const subscriptionParams = Joi.object<{ org_name: string; email: string; id: string }>({
  org_name: idParam,
  email: emailParam,
  id: uuidParam,
});

export const subscriptionAnswer = Joi.object({
  id: Joi.string().guid().required(),
  developer: reference().required(),
  ratePlan: reference().required(),
  startDate: Joi.string().required(),
  endDate: Joi.string().description('Absent while the subscription is open-ended.'),
  quotaTarget: Joi.number().integer().required(),
  created: Joi.string().required(),
  updated: Joi.string().required(),
});
