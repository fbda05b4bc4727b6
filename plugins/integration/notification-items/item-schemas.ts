import Joi from 'joi';
import { dateInput, epochAnswer } from '../apigee/apigee-dates.ts';
import { idParam } from '../apigee/apigee-names.ts';
import { resourceId } from '../webhooks/webhook-schemas.ts';
import type { ItemFilter } from './item-service.ts';
import { itemStatuses } from './item-view.ts';

export const itemParams = Joi.object<{ org_name: string; id: string }>({ org_name: idParam, id: resourceId });

const status = Joi.valid(...itemStatuses).meta({ schemaName: 'NotificationItemStatus' });

export const itemFilter = Joi.object<ItemFilter>({
  startdate: dateInput,
  enddate: dateInput,
  status,
}).prefs({ stripUnknown: true });

const fields = {
  id: Joi.string().guid().required(),
  orgId: Joi.string().required(),
  webhook: Joi.object({ id: Joi.string().required() }).required(),
  triggerReason: Joi.string().required(),
  test: Joi.boolean().required().description('True for test calls.'),
  status: status.required(),
  deliveryStatus: Joi.string().required().description('State of the delivery, in more detail than `status`.'),
  attempts: Joi.number().integer().required(),
  responseCode: Joi.number()
    .integer()
    .allow(null)
    .required()
    .description('Status code of the last attempt that received an answer.'),
  nextAttempt: epochAnswer.allow(null).required(),
  created: epochAnswer.required(),
  updated: epochAnswer
    .required()
    .description('Time at which the notification was settled; before that, time of its acceptance.'),
};

export const itemAnswer = Joi.object(fields).meta({ schemaName: 'NotificationItem' });

export const itemWithNotification = itemAnswer
  .keys({ notification: Joi.object().unknown().required() })
  .meta({ schemaName: 'NotificationItemWithBody' });

export const itemListAnswer = Joi.object({
  hasMoreItems: Joi.boolean().required(),
  notificationServiceItems: Joi.array().items(itemAnswer).required(),
}).meta({ schemaName: 'NotificationItemList' });
