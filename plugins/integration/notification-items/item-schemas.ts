import Joi from 'joi';
import { dateInput } from '../apigee/apigee-dates.ts';
import { idParam } from '../apigee/apigee-names.ts';
import { resourceId } from '../webhooks/webhook-schemas.ts';
import type { ItemFilter } from './item-service.ts';
import { itemStatuses } from './item-view.ts';

export const itemParams = Joi.object<{ org_name: string; id: string }>({ org_name: idParam, id: resourceId });

export const itemFilter = Joi.object<ItemFilter>({
  startdate: dateInput,
  enddate: dateInput,
  status: Joi.valid(...itemStatuses),
}).prefs({ stripUnknown: true });

const epoch = Joi.number().integer().description('Milliseconds since 1970.');

const fields = {
  id: Joi.string().guid().required(),
  orgId: Joi.string().required(),
  webhook: Joi.object({ id: Joi.string().required() }).required(),
  triggerReason: Joi.string().required(),
  test: Joi.boolean().required().description('True for test calls.'),
  status: Joi.valid(...itemStatuses).required(),
  deliveryStatus: Joi.string().required().description('State of the delivery, in more detail than `status`.'),
  attempts: Joi.number().integer().required(),
  responseCode: Joi.number()
    .integer()
    .allow(null)
    .required()
    .description('Status code of the last attempt that received an answer.'),
  nextAttempt: epoch.allow(null).required(),
  created: epoch.required(),
  updated: epoch
    .required()
    .description('Time at which the notification was settled; before that, time of its acceptance.'),
};

export const itemAnswer = Joi.object(fields);

export const itemWithNotification = itemAnswer.keys({ notification: Joi.object().unknown().required() });

export const itemListAnswer = Joi.object({
  notificationServiceItems: Joi.array().items(itemAnswer).required(),
  hasMoreItems: Joi.boolean().required(),
});
