import Joi from 'joi';
import { type PageQuery, pageFields, uuid } from '../../../src/plugin.ts';
import {
  deliveryAnswer,
  endpointRef,
  organizationOfItem,
  timeRange,
  typeFilter,
} from '../deliveries/delivery-schemas.ts';

export interface EventListQuery extends PageQuery {
  type?: string;
  /** RFC 3339. */
  from?: string;
  to?: string;
}

/** States, or ids of endpoints. */
export type RedeliveredTo = 'failed' | 'all' | readonly string[];

export const eventListQuery = Joi.object<EventListQuery>({
  type: typeFilter,
  ...timeRange,
  ...pageFields,
});

export const eventParams = Joi.object<{ id: string }>({ id: uuid.required() });

const fields = {
  organization: organizationOfItem,
  id: uuid.required(),
  type: Joi.string().required(),
  created_at: Joi.string().isoDate().required(),
};

export const eventItem = Joi.object(fields).meta({ schemaName: 'EventItem' });

export const eventAnswer = Joi.object({
  ...fields,
  data: Joi.any().required().description('Data of the event; for a notification, the whole body.'),
  deliveries: Joi.array().items(deliveryAnswer).required().description('The newest 100 deliveries of the event.'),
  more: Joi.boolean().description(
    'Present and true: the event has further deliveries. The list of deliveries has a filter `event`.',
  ),
}).meta({ schemaName: 'EventWithDeliveries' });

const endpointIds = Joi.array().items(uuid).min(1).max(100).unique();

export const redeliverInput = Joi.object<{ to: RedeliveredTo }>({
  to: Joi.alternatives(Joi.valid('failed', 'all'), endpointIds)
    .required()
    .messages({
      'alternatives.types': '{{#label}} must be "failed", "all" or a list of ids of endpoints',
      'alternatives.match': '{{#label}} must be "failed", "all" or a list of ids of endpoints',
    })
    .description('Failed deliveries, all deliveries, or the deliveries to these endpoints.'),
}).meta({ schemaName: 'EventRedeliveryInput' });

export const skipReasons = ['DELIVERY_IN_FLIGHT', 'DELIVERY_HELD', 'ENDPOINT_GONE', 'NOT_FOUND'] as const;

export const redeliverAnswer = Joi.object({
  deliveries: Joi.array()
    .items(
      Joi.object({ id: uuid.required(), endpoint: endpointRef.required() }).meta({ schemaName: 'RedeliveredDelivery' }),
    )
    .required()
    .description('Deliveries that are sent again, under the same ids.'),
  skipped: Joi.array()
    .items(
      Joi.object({
        delivery_id: uuid.allow(null).required(),
        endpoint_id: Joi.string().required(),
        reason: Joi.valid(...skipReasons).required(),
      }).meta({ schemaName: 'SkippedDelivery' }),
    )
    .required(),
}).meta({ schemaName: 'EventRedelivery' });
