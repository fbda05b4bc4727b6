import Joi from 'joi';
import { type Dispatcher, defineRoute, parseExactJson, type Route } from '../../../src/plugin.ts';
import { uuid } from '../distributors/distributor-schemas.ts';
import { deliveryExample as id } from '../examples.ts';
import { attempt, deliveryFields, example, listQuery, params, toFilter } from './delivery-schemas.ts';
import { toAnswer, toAttempt } from './delivery-view.ts';

const base = '/api/v1/integration/deliveries';
const read = ['integration:read'];
const write = ['integration:write'];

const notFound = { 404: { description: 'There is no such delivery.' } };

interface Parts {
  dispatcher: Dispatcher;
  formatTime: (micros: number) => string;
}

/** Routes for reading, cancelling and redelivering single deliveries. */
export function createDeliveryRoutes({ dispatcher: { deliveries }, formatTime }: Parts): Route[] {
  const time = (micros: number | undefined): string | null => (micros === undefined ? null : formatTime(micros));
  return [
    defineRoute({
      method: 'GET',
      path: base,
      summary: 'List deliveries, newest first',
      scopes: read,
      heavy: true,
      query: listQuery,
      answers: {
        200: {
          description: 'One page of deliveries; `next_cursor` is null on the last page.',
          schema: Joi.object({
            deliveries: Joi.array().items(Joi.object(deliveryFields)).required(),
            next_cursor: uuid.allow(null).required(),
          }),
          example: { deliveries: [example], next_cursor: null },
        },
      },
      example: {
        query: { status: 'failed', limit: '20' },
        greeting: { step: 3, title: 'List the deliveries' },
      },
      handler: async (req, res) => {
        const { status, endpoint, type, from, to, limit, cursor } = req.query;
        const filter = toFilter(req.organization, { status, endpoint, type, from, to });
        const page = await deliveries.list(filter, limit, cursor);
        res.json({
          deliveries: page.deliveries.map((delivery) => toAnswer(delivery, time)),
          next_cursor: page.next ?? null,
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${base}/:id`,
      summary: 'Read a delivery with its payload and attempts',
      scopes: read,
      params,
      answers: {
        200: {
          description: 'The delivery.',
          schema: Joi.object({
            ...deliveryFields,
            payload: Joi.any().required(),
            attempts: Joi.array().items(attempt).required(),
          }),
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
          ...toAnswer(delivery, time),
          payload: parseExactJson(payload),
          attempts: attempts.map((entry) => toAttempt(entry, time)),
        });
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/cancel`,
      summary: 'Cancel a pending delivery',
      scopes: write,
      params,
      answers: {
        200: {
          description: 'The delivery was cancelled and will not be sent.',
          schema: Joi.object(deliveryFields),
          example: { ...example, status: 'cancelled' },
        },
        ...notFound,
        409: { description: 'The delivery is in flight or already settled.' },
      },
      example: { params: { id } },
      transact: async (req, trx) => ({
        status: 200,
        body: toAnswer(await deliveries.cancel(trx, req.organization, req.params.id), time),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/redeliver`,
      summary: 'Redeliver a delivery',
      description: 'Sends the delivery again now, under the same id. Retries start anew.',
      scopes: write,
      params,
      answers: {
        202: {
          description: 'The delivery was queued again.',
          schema: Joi.object(deliveryFields),
          example: { ...example, status: 'pending' },
        },
        ...notFound,
        409: { description: 'The delivery is in flight or held, or its endpoint no longer exists.' },
      },
      example: { params: { id } },
      prepare: (req) => deliveries.requireEndpoint(req.organization, req.params.id),
      transact: async (req, trx) => ({
        status: 202,
        body: toAnswer(await deliveries.redeliver(trx, req.organization, req.params.id), time),
      }),
    }),
  ];
}
