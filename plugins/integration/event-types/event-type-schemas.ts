import Joi from 'joi';
import { pageFields } from '../../../src/plugin.ts';
import { isOwnType } from '../event-subscriptions/event-pattern.ts';
import { maxDefinitionBytes } from './event-type.ts';

/** Name of an event type: 1 to 128 characters. */
export const eventTypeName = Joi.string()
  .max(128)
  .pattern(/^[\w.:/-]+$/, 'letters, digits and . : / _ -');

/** The gateway's own types are neither described nor published by callers. */
export const publishedType = eventTypeName.custom((type: string, helpers) =>
  isOwnType(type) ? helpers.message({ custom: '{{#label}} must not begin with hookgate., which is reserved' }) : type,
);

export interface EventTypeInput {
  description?: string | null;
  example?: Record<string, unknown> | null;
  schema?: Record<string, unknown> | null;
}

export interface EventTypeQuery {
  limit: number;
  cursor?: string;
}

const definition = Joi.object().unknown().meta({ maxBytes: maxDefinitionBytes });
const example = definition.description('Data of an event, sent by test events. It matches the schema.');
const schema = definition.description(
  'A JSON Schema (2020-12) for the data of events. References stay within it, and patterns have neither look-around nor back-references.',
);

export const eventTypeInput = Joi.object<EventTypeInput>({
  description: Joi.string().max(2000).allow('', null),
  example: example.allow(null),
  schema: schema.allow(null),
}).meta({ schemaName: 'EventTypeInput' });

/** A path has no slash in a segment, so types with one are not in the catalogue. */
export const eventTypeParams = Joi.object<{ name: string }>({ name: eventTypeName.required() });
export const newEventTypeParams = Joi.object<{ name: string }>({ name: publishedType.required() });

export const eventTypeQuery = Joi.object<EventTypeQuery>({
  limit: pageFields.limit,
  cursor: eventTypeName.description('The `next_cursor` of the previous page.'),
});

export const eventTypeAnswer = Joi.object({
  name: Joi.string().required(),
  description: Joi.string().allow('', null).required(),
  example: Joi.object().unknown().allow(null).required(),
  schema: Joi.object().unknown().allow(null).required(),
  created_at: Joi.string().isoDate().required(),
  updated_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'EventType' });

export const eventTypePage = Joi.object({
  event_types: Joi.array().items(eventTypeAnswer).required(),
  next_cursor: Joi.string().allow(null).required(),
}).meta({ schemaName: 'EventTypePage' });
