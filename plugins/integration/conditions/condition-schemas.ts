import Joi from 'joi';
import { idParam } from '../apigee/apigee-names.ts';

/** A condition as callers send it. */
export interface ConditionInput {
  notificationCondition: readonly { attribute: string; value: string }[];
  actions: readonly { actionAttribute: string; value: string }[];
}

export interface ConditionListQuery {
  all?: boolean;
  size?: number;
  page?: number;
}

// More than these say the same thing twice; the service tells apart what is too much of what.
const maxAttributes = 250;
const maxActions = 100;
const text = Joi.string().max(255).required();

/** What else a caller sends is ignored, ids that were read and sent back among it. */
export const conditionInput = Joi.object<ConditionInput>({
  notificationCondition: Joi.array()
    .items(
      Joi.object({ attribute: text.description('`RATEPLAN`, `PUBLISHED` or `UsageTarget`.'), value: text }).unknown(),
    )
    .max(maxAttributes)
    .required(),
  actions: Joi.array()
    .items(
      Joi.object({
        actionAttribute: text.description('`WEBHOOK`.'),
        value: text.description("The webhook's id."),
      }).unknown(),
    )
    .max(maxActions)
    .required(),
}).unknown();

// UUIDs: their case does not matter.
const inLowerCase = (text: string): string => text.toLowerCase();

export const conditionParams = Joi.object<{ org_name: string; id: string }>({
  org_name: idParam,
  id: idParam.custom(inLowerCase),
});

/** Without `size` and `page` everything is wanted. */
export const conditionList = Joi.object<ConditionListQuery>({
  all: Joi.boolean().description('Everything, whatever `size` and `page` say.'),
  size: Joi.number().integer().min(1).max(1000),
  page: Joi.number().integer().min(1).max(1_000_000).description('The first is 1.'),
}).unknown();

const id = Joi.string().guid().required();

export const conditionAnswer = Joi.object({
  id,
  notificationCondition: Joi.array()
    .items(Joi.object({ id, attribute: text, value: text }))
    .required(),
  actions: Joi.array()
    .items(Joi.object({ id, actionAttribute: text, value: text }))
    .required(),
});
