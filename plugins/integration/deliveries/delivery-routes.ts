import {
  type Database,
  type DeliveryView,
  type Dispatcher,
  defineRoute,
  type Knex,
  pageSchema,
  parseExactJson,
  type Route,
  type TimeFormat,
  toPage,
} from '../../../src/plugin.ts';
import { deliveryExample as id } from '../examples.ts';
import { toFilter } from './delivery-filter.ts';
import {
  countAnswer,
  countQuery,
  deliveryAnswer,
  deliveryWithAttempts,
  example,
  listQuery,
  params,
} from './delivery-schemas.ts';
import { organizationOf, toAnswer, toAttempt } from './delivery-view.ts';
import type { EndpointNames } from './endpoint-names.ts';

const base = '/api/v1/integration/deliveries';
const read = ['integration:read'];
const write = ['integration:write'];

const notFound = { 404: { description: 'There is no such delivery.' } };

interface Parts {
  database: Database;
  dispatcher: Dispatcher;
  endpoints: EndpointNames;
  formatTime: TimeFormat;
}

/** Routes for reading, cancelling and redelivering single deliveries. */
export function createDeliveryRoutes(parts: Parts): Route[] {
  const {
    database,
    dispatcher: { deliveries },
    endpoints,
    formatTime,
  } = parts;

  /** One delivery; `db`: a transaction or the database. */
  async function viewOf(db: Knex, organization: string, delivery: DeliveryView) {
    const nameOf = await endpoints.find(db, organization, [delivery.endpoint]);
    return { ...organizationOf(organization, delivery), ...toAnswer(delivery, formatTime, nameOf) };
  }

  return [
    defineRoute({
      method: 'GET',
      path: base,
      operationId: 'listDeliveries',
      summary: 'List deliveries, newest first',
      scopes: read,
      organization: 'header-or-all',
      heavy: true,
      query: listQuery,
      answers: {
        200: {
          description: 'One page of deliveries; `next_cursor` is null on the last page.',
          schema: pageSchema('deliveries', deliveryAnswer).meta({ schemaName: 'DeliveryPage' }),
          example: { deliveries: [example], next_cursor: null },
        },
      },
      example: {
        query: { status: 'failed', limit: '20' },
        greeting: { step: 3, title: 'List the deliveries' },
      },
      handler: async (req, res) => {
        const { organization } = req;
        const { limit, cursor, ...input } = req.query;
        const filter = await database.read((db) => toFilter(db, endpoints, { organization, input, place: 'query' }));
        const { deliveries: items, next } = await deliveries.list(filter, limit, cursor);
        const refs = items.map(({ endpoint }) => endpoint);
        const nameOf = await database.read((db) => endpoints.find(db, organization, refs));
        res.json(
          toPage('deliveries', { items, next }, (delivery) => ({
            ...organizationOf(organization, delivery),
            ...toAnswer(delivery, formatTime, nameOf),
          })),
        );
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/count`,
      operationId: 'countDeliveries',
      summary: 'Count deliveries',
      scopes: read,
      organization: 'header-or-all',
      heavy: true,
      query: countQuery,
      answers: {
        200: { description: 'The number of matching deliveries.', schema: countAnswer, example: { count: 42 } },
      },
      example: { query: { status: 'held' } },
      handler: async (req, res) => {
        const { organization, query: input } = req;
        const { count, more } = await database.read(async (db) =>
          deliveries.count(db, await toFilter(db, endpoints, { organization, input, place: 'query' })),
        );
        res.json(more ? { count, more } : { count });
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      operationId: 'getDelivery',
      summary: 'Read a delivery with its payload and attempts',
      scopes: read,
      organization: 'header-or-all',
      params,
      answers: {
        200: {
          description: 'The delivery.',
          schema: deliveryWithAttempts,
          example: {
            ...example,
            payload: { id, type: 'order.filled', timestamp: '2026-01-01T00:00:00.000000Z', data: {} },
            attempts: [],
          },
        },
        ...notFound,
      },
      example: { params: { id } },
      handler: async (req, res) => {
        const { payload, attempts, ...delivery } = await deliveries.read(req.organization, req.params.id);
        res.json({
          ...(await database.read((db) => viewOf(db, req.organization, delivery))),
          payload: parseExactJson(payload),
          attempts: attempts.map((entry) => toAttempt(entry, formatTime)),
        });
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/cancel`,
      operationId: 'cancelDelivery',
      summary: 'Cancel a pending delivery',
      scopes: write,
      params,
      answers: {
        200: {
          description: 'The delivery was cancelled and will not be sent.',
          schema: deliveryAnswer,
          example: { ...example, status: 'cancelled' },
        },
        ...notFound,
        409: {
          description: 'The delivery is in flight or already settled.',
          codes: ['DELIVERY_IN_FLIGHT', 'DELIVERY_SETTLED'],
        },
      },
      example: { params: { id } },
      transact: async (req, trx) => ({
        status: 200,
        body: await viewOf(trx, req.organization, await deliveries.cancel(trx, req.organization, req.params.id)),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/redeliver`,
      operationId: 'redeliverDelivery',
      summary: 'Redeliver a delivery',
      description: 'Sends the delivery again now, under the same id. Retries start anew.',
      scopes: write,
      params,
      answers: {
        202: {
          description: 'The delivery was queued again.',
          schema: deliveryAnswer,
          example: { ...example, status: 'pending' },
        },
        ...notFound,
        409: {
          description: 'The delivery is in flight or held, or its endpoint no longer exists.',
          codes: ['DELIVERY_IN_FLIGHT', 'DELIVERY_HELD', 'ENDPOINT_GONE'],
        },
      },
      example: { params: { id } },
      prepare: (req) => deliveries.requireEndpoint(req.organization, req.params.id),
      transact: async (req, trx) => ({
        status: 202,
        body: await viewOf(trx, req.organization, await deliveries.redeliver(trx, req.organization, req.params.id)),
      }),
    }),
  ];
}
