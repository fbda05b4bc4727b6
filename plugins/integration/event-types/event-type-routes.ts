import { defineRoute, parseExactJson, type Route, type RouteRequest, type TimeFormat } from '../../../src/plugin.ts';
import { eventTypeExample as name } from '../examples.ts';
import type { EventType } from './event-type.ts';
import {
  type EventTypeInput,
  eventTypeAnswer,
  eventTypeInput,
  eventTypePage,
  eventTypeParams,
  eventTypeQuery,
  newEventTypeParams,
} from './event-type-schemas.ts';
import type { Definition, EventTypeService } from './event-type-service.ts';

const base = '/api/v1/integration/event-types';
const read = ['integration:read'];
const write = ['integration:write'];
const notFound = { 404: { description: 'There is no such event type.' } };

const input = {
  description: 'An order was filled.',
  example: { order_id: '42', amount: 12.5 },
  schema: {
    type: 'object',
    properties: { order_id: { type: 'string' }, amount: { type: 'number', minimum: 0 } },
    required: ['order_id'],
  },
};
const times = { created_at: '2026-01-01T00:00:00.000000Z', updated_at: '2026-01-01T00:00:00.000000Z' };
const example = { name, ...input, ...times };

const toDefinition = ({ body, verbatim }: Pick<RouteRequest<unknown, unknown, EventTypeInput>, 'body' | 'verbatim'>) =>
  ({ ...body, exampleText: body.example ? verbatim.example : undefined }) satisfies Definition;

/** Routes of the catalogue of event types. */
export function createEventTypeRoutes({
  eventTypes,
  formatTime,
}: {
  eventTypes: EventTypeService;
  formatTime: TimeFormat;
}): Route[] {
  const toAnswer = (eventType: EventType) => ({
    name: eventType.name,
    description: eventType.description ?? null,
    example: eventType.example === undefined ? null : parseExactJson(eventType.example),
    schema: eventType.schema === undefined ? null : JSON.parse(eventType.schema),
    created_at: formatTime(eventType.createdAt),
    updated_at: formatTime(eventType.updatedAt),
  });

  return [
    defineRoute({
      method: 'PUT',
      path: `${base}/:name`,
      operationId: 'putEventType',
      summary: 'Describe an event type',
      description:
        'Creates the event type, or replaces all of it. With a `schema`, events of the type are checked when they are posted: within two seconds by every process.',
      scopes: write,
      params: newEventTypeParams,
      body: eventTypeInput.required(),
      verbatim: ['example'],
      answers: {
        200: { description: 'The event type was replaced.', schema: eventTypeAnswer, example },
        201: {
          description: 'The event type was created.',
          schema: eventTypeAnswer,
          example,
          headers: { Location: 'Path of the event type.' },
        },
        409: { description: 'The organization has reached its limit of event types.', codes: ['LIMIT_REACHED'] },
      },
      example: { params: { name }, body: input },
      prepare: async (req) => eventTypes.checkDefinition(req.organization, toDefinition(req)),
      transact: async (req, trx) => {
        const definition = toDefinition(req);
        const { eventType, isNew } = await eventTypes.put(trx, req.organization, req.params.name, definition);
        const body = toAnswer(eventType);
        return isNew
          ? { status: 201, headers: { Location: `${base}/${encodeURIComponent(eventType.name)}` }, body }
          : { status: 200, body };
      },
    }),
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listEventTypes',
      summary: 'List event types in the order of their names',
      scopes: read,
      query: eventTypeQuery,
      answers: {
        200: {
          description: 'One page of event types, a short one if their texts are large.',
          schema: eventTypePage,
          example: { event_types: [example], next_cursor: null },
        },
      },
      example: { query: { limit: '20' } },
      handler: async (req, res) => {
        const page = await eventTypes.list(req.organization, req.query);
        res.json({ event_types: page.eventTypes.map(toAnswer), next_cursor: page.next ?? null });
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:name`,
      operationId: 'getEventType',
      summary: 'Read an event type',
      scopes: read,
      params: eventTypeParams,
      answers: { 200: { description: 'The event type.', schema: eventTypeAnswer, example }, ...notFound },
      example: { params: { name } },
      handler: async (req, res) => {
        res.json(toAnswer(await eventTypes.read(req.organization, req.params.name)));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${base}/:name`,
      operationId: 'deleteEventType',
      summary: 'Delete an event type from the catalogue',
      description: 'Events of the type are accepted as before, unchecked.',
      scopes: write,
      params: eventTypeParams,
      answers: { 204: { description: 'The event type was deleted.' }, ...notFound },
      example: { params: { name } },
      transact: async (req, trx) => {
        await eventTypes.delete(trx, req.organization, req.params.name);
        return { status: 204 };
      },
    }),
  ];
}
