import Joi from 'joi';
import { defineRoute, type Route } from '../../../src/plugin.ts';
import { distributorParams, nodeParams, uuid } from '../distributors/distributor-schemas.ts';
import { deliveryExample, distributorExample as id, nodeExample as nodeId } from '../examples.ts';
import type { SharedTransactions } from '../shared-transactions.ts';
import {
  type AddressedEvent,
  type EventInput,
  type EventService,
  maxPayloadBytes,
  type SentDelivery,
} from './event-service.ts';

interface EventBody {
  type: string;
  data: Record<string, unknown>;
}

const base = '/api/v1/integration/distributors';
const scopes = ['integration:write'];

const event = Joi.object<EventBody>({
  type: Joi.string()
    .max(128)
    .pattern(/^[\w.:/-]+$/, 'letters, digits and . : / _ -')
    .required(),
  data: Joi.object()
    .unknown()
    .meta({ maxBytes: maxPayloadBytes })
    .required()
    .description('Sent as it is written, numbers included.'),
});
const verbatim = ['data'];

/** `data` travels as the caller wrote it: a parsed number may have lost digits. */
const toEvent = (req: { body: EventBody; verbatim: Readonly<Record<string, string>> }): EventInput => ({
  type: req.body.type,
  data: req.verbatim.data ?? '{}',
});

const example = { type: 'order.filled', data: { order_id: '42', amount: 12.5 } };

const answer = Joi.object({
  deliveries: Joi.array()
    .items(Joi.object({ id: uuid.required(), distributor_id: uuid.required() }))
    .required(),
});

const accepted = {
  202: {
    description:
      'The event was accepted: it is stored and is sent until the endpoint has received it or the retries are used up.',
    schema: answer,
    example: { deliveries: [{ id: deliveryExample, distributor_id: id }] },
    ids: ['/deliveries/0/id'],
  },
};

/** Routes of events. `send` sends an event to one distributor. */
export function createEventRoutes({
  events,
  send,
}: {
  events: Pick<EventService, 'sendToNode'>;
  send: SharedTransactions<AddressedEvent, SentDelivery>;
}): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: `${base}/:id/events`,
      summary: 'Send an event to a distributor',
      scopes,
      params: distributorParams,
      body: event,
      verbatim,
      answers: {
        ...accepted,
        404: { description: 'There is no such distributor.' },
        409: { description: 'The distributor has no webhook.' },
      },
      example: { params: { id }, body: example },
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 202,
        body: {
          deliveries: [
            await send(db, { organization: req.organization, distributorId: req.params.id, event: toEvent(req) }),
          ],
        },
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/nodes/:node_id/events`,
      summary: 'Send an event to every distributor of a node',
      scopes,
      params: nodeParams,
      body: event,
      verbatim,
      answers: accepted,
      example: {
        params: { node_id: nodeId },
        body: example,
        greeting: { step: 2, title: 'Send an event: the endpoint prints it, signed', body: example },
      },
      transact: async (req, trx) => ({
        status: 202,
        body: { deliveries: await events.sendToNode(trx, req.organization, req.params.node_id, toEvent(req)) },
      }),
    }),
  ];
}
