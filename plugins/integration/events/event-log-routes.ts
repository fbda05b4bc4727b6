import {
  type Database,
  type Dispatcher,
  defineRoute,
  type EventView,
  pageSchema,
  parseExactJson,
  type Route,
  type TimeFormat,
  toPage,
} from '../../../src/plugin.ts';
import { example as deliveryAnswerExample, toMicros } from '../deliveries/delivery-schemas.ts';
import { organizationOf, toAnswer } from '../deliveries/delivery-view.ts';
import type { EndpointNames } from '../deliveries/endpoint-names.ts';
import { deliveryExample, distributorExample, eventExample as id } from '../examples.ts';
import {
  eventAnswer,
  eventItem,
  eventListQuery,
  eventParams,
  redeliverAnswer,
  redeliverInput,
} from './event-log-schemas.ts';
import type { RedeliverEvent } from './event-redelivery.ts';

const base = '/api/v1/integration/events';
const mostDeliveries = 100;
const notFound = { 404: { description: 'There is no such event.' } };
const example = { id, type: 'order.filled', created_at: '2026-01-01T00:00:00.000000Z' };

interface Parts {
  database: Database;
  dispatcher: Dispatcher;
  endpoints: EndpointNames;
  redeliver: RedeliverEvent;
  formatTime: TimeFormat;
}

/** Routes of events that were accepted. */
export function createEventLogRoutes({ database, dispatcher, endpoints, redeliver, formatTime }: Parts): Route[] {
  const { events } = dispatcher;
  const toItem = (asked: string, event: EventView) => ({
    ...organizationOf(asked, event),
    ...{ id: event.id, type: event.type, created_at: formatTime(event.acceptedAt) },
  });

  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listEvents',
      summary: 'List events, newest first',
      description: 'Events with and without deliveries; notifications and test events too.',
      scopes: ['integration:read'],
      organization: 'header-or-all',
      heavy: true,
      query: eventListQuery,
      answers: {
        200: {
          description: 'One page of events; `next_cursor` is null on the last page.',
          schema: pageSchema('events', eventItem).meta({ schemaName: 'EventPage' }),
          example: { events: [example], next_cursor: null },
        },
      },
      example: { query: { type: 'order.filled', limit: '20' } },
      handler: async (req, res) => {
        const { organization } = req;
        const { limit, cursor, type, from, to } = req.query;
        const filter = { organization, type, from: toMicros(from), to: toMicros(to) };
        const { events: items, next } = await events.list(filter, limit, cursor);
        res.json(toPage('events', { items, next }, (event) => toItem(organization, event)));
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      operationId: 'getEvent',
      summary: 'Read an event with its data and deliveries',
      scopes: ['integration:read'],
      organization: 'header-or-all',
      params: eventParams,
      answers: {
        200: {
          description: 'The event.',
          schema: eventAnswer,
          example: { ...example, data: { order_id: '42', amount: 12.5 }, deliveries: [deliveryAnswerExample] },
        },
        ...notFound,
      },
      example: { params: { id } },
      handler: async (req, res) => {
        const { organization } = req;
        const answer = await database.read(async (db) => {
          const event = await events.read(db, organization, req.params.id);
          const wanted = { organization: event.organization, eventId: event.id };
          const found = await events.deliveries(db, wanted, mostDeliveries + 1);
          const shown = found.slice(0, mostDeliveries);
          const refs = shown.map(({ endpoint }) => endpoint);
          const nameOf = await endpoints.find(db, event.organization, refs);
          return {
            ...toItem(organization, event),
            data: dataOf(event),
            deliveries: shown.map((delivery) => toAnswer(delivery, formatTime, nameOf)),
            ...(found.length > shown.length ? { more: true } : {}),
          };
        });
        res.json(answer);
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/redeliver`,
      operationId: 'redeliverEvent',
      summary: 'Redeliver an event',
      description:
        'Sends deliveries of the event again now, under the same ids: the failed ones, all, or the ones to some endpoints; 1,000 at most.',
      scopes: ['integration:write'],
      params: eventParams,
      body: redeliverInput,
      answers: {
        202: {
          description: 'The deliveries that were queued again, and the ones that could not be.',
          schema: redeliverAnswer,
          example: {
            deliveries: [{ id: deliveryExample, endpoint: { kind: 'distributor', id: distributorExample } }],
            skipped: [],
          },
        },
        ...notFound,
      },
      example: { params: { id }, body: { to: 'failed' } },
      transact: async (req, trx) => ({
        status: 202,
        body: await redeliver(trx, req.organization, req.params.id, req.body.to),
      }),
    }),
  ];
}

/** The data of an event that was published; a notification has a body of its own form. */
function dataOf({ id, payload }: { id: string; payload: string }): unknown {
  const body = parseExactJson(payload) as Record<string, unknown>;
  return body.id === id && Object.hasOwn(body, 'data') ? body.data : body;
}
