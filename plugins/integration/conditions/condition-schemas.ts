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

// Above the service's own limits, so that its more specific errors apply first; more entries could only be duplicates.
const maxAttributes = 250;
const maxActions = 100;
const text = Joi.string().max(255).required();

/** Other members are ignored, including the ids of a condition that was read and is sent back. */
export const conditionInput = Joi.object<ConditionInput>({
  notificationCondition: Joi.array()
    .items(
      Joi.object({ attribute: text.description('`RATEPLAN`, `PUBLISHED` or `UsageTarget`.'), value: text }).meta({
        schemaName: 'ConditionAttributeInput',
      }),
    )
    .max(maxAttributes)
    .required(),
  actions: Joi.array()
    .items(
      Joi.object({
        actionAttribute: text.description('`WEBHOOK`.'),
        value: text.description('Id of the webhook.'),
      }).meta({ schemaName: 'ConditionActionInput' }),
    )
    .max(maxActions)
    .required(),
})
  .prefs({ stripUnknown: true })
  .meta({ schemaName: 'ConditionInput' });

// UUIDs are matched regardless of case.
const inLowerCase = (text: string): string => text.toLowerCase();

export const conditionParams = Joi.object<{ org_name: string; id: string }>({
  org_name: idParam,
  id: idParam.custom(inLowerCase),
});

/** Without `size` and `page` all conditions are returned. */
export const conditionList = Joi.object<ConditionListQuery>({
  all: Joi.boolean().sensitive().description('Return all records; `size` and `page` are ignored.'),
  size: Joi.number().integer().min(1).max(1000).description('Records per page.'),
  page: Joi.number().integer().min(1).max(1_000_000).description('Page number, starting at 1.'),
}).prefs({ stripUnknown: true });

const id = Joi.string().guid().required();

export const conditionAnswer = Joi.object({
  id,
  notificationCondition: Joi.array()
    .items(Joi.object({ id, attribute: text, value: text }).meta({ schemaName: 'ConditionAttribute' }))
    .required(),
  actions: Joi.array()
    .items(
      Joi.object({
        id,
        actionAttribute: text,
        value: text,
        postURL: Joi.string().description('Address of the webhook; absent after its deletion.'),
      }).meta({ schemaName: 'ConditionAction' }),
    )
    .required(),
}).meta({ schemaName: 'Condition' });
